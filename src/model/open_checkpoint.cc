#include "model/open_checkpoint.h"

#include "model/hf/hf_checkpoint.h"
#include "model/hf/hf_directory.h"

namespace caracal {

Gguf open_checkpoint(const std::filesystem::path& path, MappedFile::Access access) {
  if (is_hf_checkpoint(path)) return HfCheckpoint::open(path, access).to_gguf();
  return Gguf::open(path, access);
}

}  // namespace caracal
