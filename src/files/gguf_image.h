#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "files/gguf.h"

namespace caracal {

inline constexpr uint64_t kGgufDefaultAlignment = 32;
inline constexpr uint64_t kGgufMinAlignment = 8;
inline constexpr uint64_t kGgufMaxAlignment = 1 << 21;

/// What one GGUF file says, every field checked; views point into the image.
struct GgufImage {
  uint32_t version = 0;
  uint64_t alignment = kGgufDefaultAlignment;
  std::vector<std::pair<std::string_view, GgufValue>> metadata;
  std::vector<GgufTensor> tensors;  ///< shard is left at 0
};

/// Parses one file's image. name: the file, as printed in errors.
/// Throws Error(bad_file / unsupported); memory used is bounded by a small multiple of the image
/// and by fixed limits, whatever the counts claim.
GgufImage parse_gguf_image(std::span<const std::byte> image, std::string_view name);

/// The same for an image that ends before the data: the tensors' data stay empty.
GgufImage parse_gguf_header(std::span<const std::byte> image, std::string_view name);

/// Bytes of one element of a scalar metadata type; 0 for string and array.
uint32_t gguf_scalar_bytes(GgufValue::Type type);

}  // namespace caracal
