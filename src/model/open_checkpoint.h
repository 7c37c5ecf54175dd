#pragma once
#include <filesystem>

#include "files/gguf.h"

namespace caracal {

/// A checkpoint of any kind, seen as a GGUF file: a .gguf (or one shard of it), a Hugging Face
/// directory, or its config.json. Everything downstream reads the same keys and tensor names.
/// Throws what Gguf::open and HfCheckpoint::open throw.
Gguf open_checkpoint(const std::filesystem::path& path,
                     MappedFile::Access access = MappedFile::Access::map);

/// The same for those who read keys and shapes but no weights: tensors that a directory keeps in
/// another form are not made (they read as zeros), which for a large model is gigabytes less.
Gguf open_outline(const std::filesystem::path& path);

}  // namespace caracal
