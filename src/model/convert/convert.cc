#include "model/convert/convert.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "files/byte_reader.h"
#include "model/convert/convert_source.h"
#include "weights/weight_format.h"

namespace caracal {
namespace {

constexpr int64_t kChunkElements = 1 << 20;
constexpr size_t kCopyBytes = size_t{8} << 20;
constexpr uint32_t kQuantizationVersion = 2;  // of GGUF's block formats
constexpr float kMaxF16 = 65504.0f;

/// The largest magnitude; infinite when a number is not finite.
float largest(std::span<const float> numbers) {
  float most = 0;
  for (float x : numbers) {
    const float magnitude = std::fabs(x);
    most = magnitude <= most ? most : std::isnan(magnitude) ? INFINITY : magnitude;
  }
  return most;
}

const WeightFormat& format_of(TensorType type, std::string_view tensor) {
  const WeightFormat* format = find_weight_format(type);
  if (!format)
    throw_error(ErrorCode::unsupported, fmt::format("tensor {}", in_quotes(tensor)),
                "tensors of type {} cannot be read by this version", tensor_type_info(type)->name);
  return *format;
}

class Converter {
 public:
  Converter(const ConvertSource& source, const TargetTypes& types, ThreadTeam& team,
            const std::function<void(uint64_t, uint64_t)>& progress)
      : source_(source), tensors_(source.tensors()), team_(team), progress_(progress) {
    for (const ConvertSource::Tensor& tensor : tensors_) {
      const TensorType target = types.of(tensor.name, tensor.shape, tensor.type);
      if (target != tensor.type) format_of(tensor.type, tensor.name);
      targets_.push_back(target);
      total_ += tensor.n_bytes;
    }
    wanted_ = types.wanted().value_or(usual_type());
  }

  ConvertReport write(const std::filesystem::path& path) {
    ConvertReport report;
    GgufWriter writer(path, header());
    for (size_t i = 0; i < tensors_.size(); ++i) {
      AlignedBuffer memory;
      const auto bytes = source_.bytes(i, memory);
      report.n_bytes +=
          targets_[i] == tensors_[i].type ? copy(bytes, writer) : encode(i, bytes, writer);
      ++report.n_tensors[targets_[i]];
      drop_pages(bytes);  // read once; a file larger than memory must not push others out
    }
    writer.commit();
    return report;
  }

 private:
  /// Type of most numbers: what an "auto" file is said to be of.
  TensorType usual_type() const {
    std::map<TensorType, uint64_t> n_bytes;
    for (size_t i = 0; i < tensors_.size(); ++i) n_bytes[targets_[i]] += tensors_[i].n_bytes;
    const auto most = std::ranges::max_element(n_bytes, {}, [](const auto& e) { return e.second; });
    return most == n_bytes.end() ? TensorType::f32 : most->first;
  }

  GgufHeader header() const {
    GgufHeader header = source_.metadata();
    if (const auto id = gguf_file_type(wanted_)) header.set<uint32_t>("general.file_type", *id);
    if (tensor_type_info(wanted_)->block_elements > 1)
      header.set<uint32_t>("general.quantization_version", kQuantizationVersion);
    for (size_t i = 0; i < tensors_.size(); ++i)
      header.add_tensor(tensors_[i].name, targets_[i], tensors_[i].shape);
    return header;
  }

  void advance(uint64_t n_bytes) {
    done_ += n_bytes;
    if (progress_) progress_(done_, total_);
  }

  uint64_t copy(std::span<const std::byte> bytes, GgufWriter& writer) {
    for (size_t at = 0; at < bytes.size(); at += kCopyBytes) {
      const auto piece = bytes.subspan(at, std::min(kCopyBytes, bytes.size() - at));
      writer.write(piece);
      advance(piece.size());
    }
    return bytes.size();
  }

  /// Decodes and encodes some rows at a time, all threads together.
  uint64_t encode(size_t i, std::span<const std::byte> bytes, GgufWriter& writer) {
    const ConvertSource::Tensor& tensor = tensors_[i];
    const WeightFormat& from = format_of(tensor.type, tensor.name);
    const WeightFormat& to = format_of(targets_[i], tensor.name);
    const TensorTypeInfo& info = *tensor_type_info(targets_[i]);
    const int64_t n_cols = tensor.shape.back();
    int64_t n_rows = 1;
    for (size_t d = 0; d + 1 < tensor.shape.size(); ++d) n_rows *= tensor.shape[d];
    const size_t in_row = bytes.size() / static_cast<size_t>(n_rows);
    const size_t out_row = static_cast<size_t>(n_cols / info.block_elements * info.block_bytes);
    const int64_t step = std::clamp<int64_t>(kChunkElements / n_cols, 1, n_rows);
    floats_.resize(static_cast<size_t>(step * n_cols));
    encoded_.resize(static_cast<size_t>(step) * out_row);
    for (int64_t first = 0; first < n_rows; first += step) {
      const int64_t n = std::min(step, n_rows - first);
      const std::byte* in = bytes.data() + static_cast<size_t>(first) * in_row;
      std::atomic<bool> fits = true;
      parallel_for(team_, n, 1, [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; ++r) {
          float* row = floats_.data() + r * n_cols;
          from.decode_row(in + static_cast<size_t>(r) * in_row, n_cols, row);
          if (fit(targets_[i], {row, static_cast<size_t>(n_cols)}))
            to.encode_row(row, n_cols, encoded_.data() + static_cast<size_t>(r) * out_row);
          else
            fits = false;
        }
      });
      if (!fits) refuse_numbers(tensor.name, info);
      writer.write(std::span(encoded_).first(static_cast<size_t>(n) * out_row));
      advance(static_cast<uint64_t>(n) * in_row);
    }
    return static_cast<uint64_t>(n_rows) * out_row;
  }

  static bool fit(TensorType target, std::span<const float> row) {
    if (target == TensorType::f32 || target == TensorType::bf16) return true;
    return largest(row) <=
           (target == TensorType::f16 ? kMaxF16 : std::numeric_limits<float>::max());
  }

  [[noreturn]] static void refuse_numbers(std::string_view tensor, const TensorTypeInfo& target) {
    throw_error(ErrorCode::unsupported, fmt::format("tensor {}", in_quotes(tensor)),
                "expected finite numbers{}, found others; {} cannot hold them, f32 and bf16 can",
                target.type == TensorType::f16 ? " up to 65504" : "", target.name);
  }

  const ConvertSource& source_;
  std::vector<ConvertSource::Tensor> tensors_;
  std::vector<TensorType> targets_;
  TensorType wanted_{};
  ThreadTeam& team_;
  const std::function<void(uint64_t, uint64_t)>& progress_;
  uint64_t done_ = 0, total_ = 0;
  std::vector<float> floats_;
  std::vector<std::byte> encoded_;
};

}  // namespace

ConvertReport convert_checkpoint(const std::filesystem::path& input,
                                 const std::filesystem::path& output, const TargetTypes& types,
                                 ThreadTeam& team,
                                 const std::function<void(uint64_t, uint64_t)>& progress) {
  const auto source = open_convert_source(input);
  return Converter(*source, types, team, progress).write(output);
}

}  // namespace caracal
