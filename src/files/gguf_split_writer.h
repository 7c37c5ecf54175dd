#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "files/gguf_copy.h"

namespace caracal {

struct GgufSplitLimits {
  uint64_t max_bytes = 0;      ///< of tensors per part, unless one tensor is larger; 0: any
  int64_t max_tensors = 0;     ///< per part; 0: any
  bool first_is_bare = false;  ///< the first part holds metadata only
};

/// Where each part begins: positions in the list of tensors, the first 0.
std::vector<size_t> plan_gguf_split(std::span<const GgufTensor> tensors,
                                    const GgufSplitLimits& limits);

/// Writes PREFIX-00001-of-0000N.gguf and its siblings with the names and keys of llama.cpp's
/// gguf-split: metadata in the first part, the keys split.* in each. Returns the paths. Each part
/// is written aside and renamed; when one fails those before it are removed. Throws
/// Error(bad_request) for more than 65535 parts, or a part that would replace one of the source's.
std::vector<std::filesystem::path> split_gguf(const Gguf& source, const std::string& prefix,
                                              const GgufSplitLimits& limits,
                                              const CopyProgress& progress = {});

}  // namespace caracal
