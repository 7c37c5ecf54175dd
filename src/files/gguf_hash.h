#pragma once
#include <string>
#include <utility>
#include <vector>

#include "files/gguf_copy.h"

namespace caracal {

/// SHA-256 of what a checkpoint says, whatever the file looks like: the same before a split, after
/// it and after a merge, and whatever the order of keys and tensors.
struct GgufHashes {
  std::string metadata;  ///< keys by name with type and value, split.* left out
  std::string tensors;   ///< tensors by name with type, shape and data
  std::vector<std::pair<std::string, std::string>> each;  ///< name and hash of the data, file order
};
GgufHashes hash_gguf(const Gguf& file, const CopyProgress& progress = {});

}  // namespace caracal
