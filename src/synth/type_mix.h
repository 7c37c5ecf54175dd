#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "spec/tensor_type.h"
#include "synth/model_shape.h"

namespace caracal {

/// The matrices that a mix tells apart.
enum class MatrixRole : uint8_t {
  token_embd,
  output,
  attn_q,
  attn_k,
  attn_v,
  attn_output,
  ffn_gate,
  ffn_up,
  ffn_down
};

/// What `llama-quantize` makes of a dense Llama model, by the name it has there: most matrices of
/// one type, some of a better one.
struct TypeMix {
  std::string_view name;
  uint32_t file_type;  ///< general.file_type
  TensorType base;
};
std::span<const TypeMix> type_mixes();
/// Names in any case; "q3_k", "q4_k" and "q5_k" mean the _m mixes, as there. nullptr for others.
const TypeMix* find_type_mix(std::string_view name);
/// "f32|f16|...".
const std::string& type_mix_names();

/// The type of one matrix [n_out, n_in] of the given layer (any number outside the layers). Where
/// n_in is no multiple of a type's block the type that llama.cpp falls back to stands in.
/// pure: the base type for all, the head and the embedding too.
TensorType matrix_type(const TypeMix& mix, const ModelShape& shape, MatrixRole role, int32_t layer,
                       int64_t n_in, bool pure = false);

}  // namespace caracal
