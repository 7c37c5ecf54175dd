#include "model/open_checkpoint.h"

#include "model/hf/hf_checkpoint.h"
#include "model/hf/hf_directory.h"

namespace caracal {

using Made = HfCheckpoint::Made;

Gguf open_checkpoint(const std::filesystem::path& path, MappedFile::Access access) {
  if (is_hf_checkpoint(path)) return HfCheckpoint::open(path, access).to_gguf(Made::all);
  return Gguf::open(path, access);
}

Gguf open_outline(const std::filesystem::path& path) {
  if (is_hf_checkpoint(path)) return HfCheckpoint::open(path).to_gguf(Made::only_keys);
  return Gguf::open(path);
}

}  // namespace caracal
