#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "files/safetensors.h"
#include "model/family.h"
#include "model/hf/hf_rope.h"
#include "spec/tensor_type.h"

namespace caracal {

/// A tensor of a Hugging Face checkpoint in GGUF's words: the bytes of its source, or what becomes
/// of them.
struct HfTensor {
  std::string name;  ///< GGUF's
  TensorType type{};
  std::vector<int64_t> shape;                 ///< outermost first, never empty
  const SafetensorsTensor* source = nullptr;  ///< nullptr: `made` holds the numbers
  HfForm form = HfForm::as_is;
  int64_t head_rows = 0;    ///< rows_to_neighbours: of one head
  std::vector<float> made;  ///< F32

  uint64_t n_bytes() const;
  /// The source's bytes serve as they are, where they are.
  bool in_place() const;
  /// Writes all n_bytes().
  void write(std::byte* out) const;
};

/// What decides which tensors a checkpoint must have.
struct HfTensorRules {
  int32_t n_layers = 0;
  int64_t head_dim = 0;
  std::optional<bool> tied_head;  ///< tie_word_embeddings; unknown: tied when there is no head
};

/// Finds the weights of every part of the family, by Part::hf, and adds the made ones. Parts of one
/// fused tensor share it, as they do in a GGUF file. Throws Error(bad_file) naming the Hugging Face
/// tensor for one that is missing, that no part takes, whose rows do not divide into heads, or that
/// is not F32, F16 or BF16 (unsupported). Other shapes are the loader's to check.
std::vector<HfTensor> map_hf_tensors(const Family& family, const HfTensorRules& rules,
                                     const Safetensors& weights, std::vector<MadeTensor> made);

}  // namespace caracal
