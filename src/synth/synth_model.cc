#include "synth/synth_model.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/error.h"
#include "files/gguf_writer.h"
#include "synth/random_blocks.h"
#include "synth/vocabulary.h"

namespace caracal {
namespace {

/// Bytes that one member makes at a time; part of what a seed means.
constexpr size_t kChunkBytes = size_t{1} << 18;
/// Bytes that are made before they are written.
constexpr size_t kBufferBytes = size_t{1} << 25;

struct Tensor {
  std::string name;
  TensorType type = TensorType::f32;
  std::vector<int64_t> shape;  // outermost first
  double mean = 0;             // of norms, which are F32
  double sigma = 0;
};

std::vector<Tensor> tensors_of(const SynthOptions& options) {
  const ModelShape& s = options.shape;
  std::vector<Tensor> out;
  const auto norm = [&](std::string name) {
    out.push_back({std::move(name), TensorType::f32, {s.d_model}, 1, 0.05});
  };
  const auto matrix = [&](std::string name, MatrixRole role, int32_t layer, int64_t n_out,
                          int64_t n_in, double gain = 1) {
    const TensorType type = matrix_type(*options.mix, s, role, layer, n_in, options.pure);
    out.push_back(
        {std::move(name), type, {n_out, n_in}, 0, gain / std::sqrt(static_cast<double>(n_in))});
  };
  const double residual_gain = 1 / std::sqrt(2.0 * s.n_layers);

  matrix("token_embd.weight", MatrixRole::token_embd, 0, s.n_vocab, s.d_model);
  for (int32_t l = 0; l < s.n_layers; ++l) {
    const auto name = [l](std::string_view part) {
      return fmt::format("blk.{}.{}.weight", l, part);
    };
    norm(name("attn_norm"));
    matrix(name("attn_q"), MatrixRole::attn_q, l, s.q_dim(), s.d_model);
    matrix(name("attn_k"), MatrixRole::attn_k, l, s.kv_dim(), s.d_model);
    matrix(name("attn_v"), MatrixRole::attn_v, l, s.kv_dim(), s.d_model);
    matrix(name("attn_output"), MatrixRole::attn_output, l, s.d_model, s.q_dim(), residual_gain);
    norm(name("ffn_norm"));
    matrix(name("ffn_gate"), MatrixRole::ffn_gate, l, s.d_ff, s.d_model);
    matrix(name("ffn_up"), MatrixRole::ffn_up, l, s.d_ff, s.d_model);
    matrix(name("ffn_down"), MatrixRole::ffn_down, l, s.d_model, s.d_ff, residual_gain);
  }
  norm("output_norm.weight");
  if (!s.tied_head) matrix("output.weight", MatrixRole::output, 0, s.n_vocab, s.d_model);
  return out;
}

GgufHeader header_of(const SynthOptions& options, std::span<const Tensor> tensors) {
  const ModelShape& s = options.shape;
  const auto count = [](int32_t n) { return static_cast<uint32_t>(n); };
  GgufHeader header;
  header.set_string("general.architecture", "llama");
  header.set_string("general.type", "model");
  header.set_string("general.name", fmt::format("synthetic {} {}", s.name, options.mix->name));
  header.set_string("general.description",
                    fmt::format("random weights of seed {}, made by caracal synth", options.seed));
  header.set<uint32_t>("general.file_type", options.mix->file_type);
  header.set<uint32_t>("general.quantization_version", 2);
  header.set<uint32_t>("llama.block_count", count(s.n_layers));
  header.set<uint32_t>("llama.context_length", count(s.context_length));
  header.set<uint32_t>("llama.embedding_length", count(s.d_model));
  header.set<uint32_t>("llama.feed_forward_length", count(s.d_ff));
  header.set<uint32_t>("llama.attention.head_count", count(s.n_heads));
  header.set<uint32_t>("llama.attention.head_count_kv", count(s.n_kv_heads));
  header.set<uint32_t>("llama.attention.key_length", count(s.head_dim));
  header.set<uint32_t>("llama.attention.value_length", count(s.head_dim));
  header.set<float>("llama.attention.layer_norm_rms_epsilon", 1e-5f);
  header.set<uint32_t>("llama.rope.dimension_count", count(s.head_dim));
  header.set<float>("llama.rope.freq_base", static_cast<float>(s.rope_theta));
  header.set<uint32_t>("llama.vocab_size", count(s.n_vocab));
  add_vocabulary(header, s.n_vocab);
  for (const Tensor& tensor : tensors) header.add_tensor(tensor.name, tensor.type, tensor.shape);
  return header;
}

void shift_floats(std::span<std::byte> bytes, float mean) {
  for (size_t at = 0; at < bytes.size(); at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof(value));
    value += mean;
    std::memcpy(bytes.data() + at, &value, sizeof(value));
  }
}

/// A shape can ask for more than any disk has: said before the disk is full.
void check_room(const std::filesystem::path& path, uint64_t n_bytes) {
  std::error_code unknown;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const uint64_t free_bytes = std::filesystem::space(folder, unknown).available;
  if (!unknown && n_bytes > free_bytes)
    throw_error(ErrorCode::io, path.string(), "expected {:.1f} MB of free space, found {:.1f} MB",
                static_cast<double>(n_bytes) * 1e-6, static_cast<double>(free_bytes) * 1e-6);
}

/// Makes tensors in order; each chunk of each has random bits of its own.
class TensorMaker {
 public:
  TensorMaker(uint64_t seed, ThreadTeam& team) : seed_(seed), team_(team), buffer_(kBufferBytes) {}

  /// index: of the tensor in the file. sink gets its n_bytes in pieces.
  template <class Sink>
  void make(const Tensor& tensor, size_t index, uint64_t n_bytes, Sink sink) {
    const FillBlocks fill = find_fill(tensor.type);
    CRCL_CHECK(fill != nullptr);
    const auto block = static_cast<size_t>(tensor_type_info(tensor.type)->block_bytes);
    const size_t chunk = kChunkBytes / block * block;
    const size_t chunks_at_once = kBufferBytes / chunk;
    for (uint64_t done = 0; done < n_bytes;) {
      const auto piece =
          std::span(buffer_).first(std::min<uint64_t>(n_bytes - done, chunk * chunks_at_once));
      const uint64_t first_chunk = done / chunk;
      const auto n_chunks = static_cast<int64_t>((piece.size() + chunk - 1) / chunk);
      parallel_for(team_, n_chunks, 1, [&](int64_t begin, int64_t end) {
        for (auto c = static_cast<size_t>(begin); c < static_cast<size_t>(end); ++c) {
          const auto part = piece.subspan(c * chunk, std::min(chunk, piece.size() - c * chunk));
          RandomBits random(seed_, index, first_chunk + c);
          fill(part, random, tensor.sigma);
          if (tensor.mean != 0) shift_floats(part, static_cast<float>(tensor.mean));
        }
      });
      sink(std::span<const std::byte>(piece));
      done += piece.size();
    }
  }

 private:
  uint64_t seed_;
  ThreadTeam& team_;
  std::vector<std::byte> buffer_;
};

}  // namespace

SynthSummary write_synth_model(const std::filesystem::path& path, const SynthOptions& options,
                               ThreadTeam& team,
                               const std::function<void(uint64_t, uint64_t)>& progress) {
  check_shape(options.shape);
  const std::vector<Tensor> tensors = tensors_of(options);
  const GgufHeader header = header_of(options, tensors);
  SynthSummary summary{.file_bytes = header.encode().size()};
  for (size_t i = 0; i < tensors.size(); ++i) {
    uint64_t n_elements = 1;
    for (int64_t n : tensors[i].shape) n_elements *= static_cast<uint64_t>(n);
    summary.n_parameters += n_elements;
    summary.file_bytes += header.tensor_bytes(i) + header.padding_after(header.tensor_bytes(i));
  }
  check_room(path, summary.file_bytes);
  GgufWriter writer(path, header);
  TensorMaker maker(options.seed, team);
  uint64_t written = 0;
  for (size_t i = 0; i < tensors.size(); ++i)
    maker.make(tensors[i], i, header.tensor_bytes(i), [&](std::span<const std::byte> piece) {
      writer.write(piece);
      written += piece.size();
      if (progress) progress(written, summary.file_bytes);
    });
  writer.commit();
  return summary;
}

}  // namespace caracal
