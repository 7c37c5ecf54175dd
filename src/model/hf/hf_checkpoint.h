#pragma once
#include <filesystem>
#include <vector>

#include "base/aligned_buffer.h"
#include "files/gguf.h"
#include "files/gguf_writer.h"
#include "model/hf/hf_metadata.h"
#include "model/hf/hf_tensors.h"

namespace caracal {

/// A Hugging Face directory seen as the GGUF file that `convert` makes of it: the same keys, the
/// same names, the same numbers. Weights stay where they are; only tensors that GGUF keeps in
/// another form are made anew, when asked for.
class HfCheckpoint {
 public:
  /// path: the folder or its config.json. Checks everything but the shapes, which are the loader's
  /// to check. Throws Error naming file, key or tensor, expected and found.
  static HfCheckpoint open(const std::filesystem::path& path,
                           MappedFile::Access access = MappedFile::Access::map);

  const std::vector<HfTensor>& tensors() const { return tensors_; }
  /// The bytes of a tensor: where they lie in the weights, or, if they have to be made, in memory,
  /// which is replaced.
  std::span<const std::byte> bytes(const HfTensor& tensor, AlignedBuffer& memory) const;
  /// All keys but the vocabulary's, no tensors.
  GgufHeader metadata() const;
  const HfDirectory& directory() const { return directory_; }

  /// What is done about weights that GGUF keeps in another form.
  enum class Made { all, only_keys };
  /// What Gguf::open gives for a file: the vocabulary as it is, made tensors in memory. only_keys
  /// is for readers of keys and shapes: weights that have to be made read as zeros, and have no
  /// memory behind them until somebody does.
  Gguf to_gguf(Made made) &&;

 private:
  HfCheckpoint(HfDirectory directory, const HfFamily& family, Safetensors weights);

  HfDirectory directory_;
  const HfFamily* family_;
  Safetensors weights_;
  std::vector<HfTensor> tensors_;
};

}  // namespace caracal
