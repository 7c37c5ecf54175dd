#pragma once
/// How the elements of a stored tensor are encoded. Values are GGUF's type ids.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace caracal {

enum class TensorType : uint32_t {
  f32 = 0,
  f16 = 1,
  q4_0 = 2,
  q4_1 = 3,
  q5_0 = 6,
  q5_1 = 7,
  q8_0 = 8,
  q8_1 = 9,
  q2_k = 10,
  q3_k = 11,
  q4_k = 12,
  q5_k = 13,
  q6_k = 14,
  q8_k = 15,
  iq2_xxs = 16,
  iq2_xs = 17,
  iq3_xxs = 18,
  iq1_s = 19,
  iq4_nl = 20,
  iq3_s = 21,
  iq2_s = 22,
  iq4_xs = 23,
  i8 = 24,
  i16 = 25,
  i32 = 26,
  i64 = 27,
  f64 = 28,
  iq1_m = 29,
  bf16 = 30,
  tq1_0 = 34,
  tq2_0 = 35,
  mxfp4 = 39,
  nvfp4 = 40,
  q1_0 = 41,
};

struct TensorTypeInfo {
  TensorType type;
  std::string_view name;   ///< as printed: "Q4_1"
  int32_t block_elements;  ///< elements per block along the innermost dimension
  int32_t block_bytes;
  bool readable;  ///< this version has a weight format for it
};

std::span<const TensorTypeInfo> tensor_types();

/// Row of the table, or nullptr for an id that is not in it (forks, removed ids).
const TensorTypeInfo* tensor_type_info(uint32_t id);
inline const TensorTypeInfo* tensor_type_info(TensorType t) {
  return tensor_type_info(static_cast<uint32_t>(t));
}

/// What an id outside the table is known as: "Q4_0_4_4, a layout that GGUF has dropped",
/// "IQ4_KS of ik_llama.cpp"; empty where nothing is known.
std::string foreign_tensor_type(uint32_t id);

/// "F32, F16, ... or MXFP4": the types with a weight format, for messages.
std::string list_readable_types();

}  // namespace caracal
