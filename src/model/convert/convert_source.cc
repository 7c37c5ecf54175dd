#include "model/convert/convert_source.h"

#include <algorithm>

#include "base/error.h"
#include "files/gguf.h"
#include "files/gguf_split.h"
#include "model/hf/hf_checkpoint.h"
#include "model/vocab_hf.h"

namespace caracal {
namespace {

class GgufSource final : public ConvertSource {
 public:
  explicit GgufSource(const std::filesystem::path& path) : file_(Gguf::open(path)) {}

  std::vector<Tensor> tensors() const override {
    std::vector<Tensor> out;
    for (const GgufTensor& t : file_.tensors())
      out.push_back({t.name, t.type, t.shape, t.data.size()});
    return out;
  }

  GgufHeader metadata() const override {
    constexpr std::string_view kOfTheFile[] = {"general.file_type", "general.quantization_version",
                                               "general.alignment"};
    GgufHeader header;
    for (const auto& [key, value] : file_.metadata())
      if (std::ranges::find(kOfTheFile, key) == std::end(kOfTheFile) && !is_split_key(key))
        header.set_value(key, value);
    return header;
  }

  std::span<const std::byte> bytes(size_t i, AlignedBuffer&) const override {
    return file_.tensors()[i].data;
  }

 private:
  Gguf file_;
};

class HfSource final : public ConvertSource {
 public:
  explicit HfSource(const std::filesystem::path& path) : checkpoint_(HfCheckpoint::open(path)) {
    if (checkpoint_.directory().tokenizer_json.empty())
      throw_error(ErrorCode::not_found, path.string(),
                  "expected tokenizer.json beside the weights: a GGUF file holds the vocabulary");
  }

  std::vector<Tensor> tensors() const override {
    std::vector<Tensor> out;
    for (const HfTensor& t : checkpoint_.tensors())
      out.push_back({t.name, t.type, t.shape, t.n_bytes()});
    return out;
  }

  GgufHeader metadata() const override {
    const HfDirectory& dir = checkpoint_.directory();
    GgufHeader header = checkpoint_.metadata();
    const Vocab vocab = read_hf_vocab(dir.tokenizer_json, dir.tokenizer_config_json,
                                      (dir.path / "tokenizer.json").string());
    const int32_t n_vocab = text_config_of(dir.config).find_count("vocab_size").value_or(0);
    write_gguf_vocab(vocab, n_vocab, header);
    return header;
  }

  std::span<const std::byte> bytes(size_t i, AlignedBuffer& memory) const override {
    return checkpoint_.bytes(checkpoint_.tensors()[i], memory);
  }

 private:
  HfCheckpoint checkpoint_;
};

}  // namespace

std::unique_ptr<ConvertSource> open_convert_source(const std::filesystem::path& path) {
  if (is_hf_checkpoint(path)) return std::make_unique<HfSource>(path);
  return std::make_unique<GgufSource>(path);
}

}  // namespace caracal
