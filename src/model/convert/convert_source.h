#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/aligned_buffer.h"
#include "files/gguf_writer.h"
#include "spec/tensor_type.h"

namespace caracal {

/// What convert reads: keys, and tensors one after the other.
class ConvertSource {
 public:
  struct Tensor {
    std::string_view name;
    TensorType type;
    std::span<const int64_t> shape;  ///< outermost first
    uint64_t n_bytes;
  };

  virtual ~ConvertSource() = default;
  virtual std::vector<Tensor> tensors() const = 0;
  /// All keys of the new file but those of its types.
  virtual GgufHeader metadata() const = 0;
  /// The bytes of tensors()[i], in the file or in memory, which is replaced.
  virtual std::span<const std::byte> bytes(size_t i, AlignedBuffer& memory) const = 0;
};

/// path: a GGUF file, or a Hugging Face directory or its config.json.
std::unique_ptr<ConvertSource> open_convert_source(const std::filesystem::path& path);

}  // namespace caracal
