#include "spec/tensor_type.h"

namespace caracal {
namespace {

using enum TensorType;
constexpr TensorTypeInfo kTypes[] = {
    {f32, "F32", 1, 4, true},
    {f16, "F16", 1, 2, true},
    {bf16, "BF16", 1, 2, true},
    {q4_0, "Q4_0", 32, 18, true},
    {q4_1, "Q4_1", 32, 20, true},
    {q8_0, "Q8_0", 32, 34, true},
    {q5_0, "Q5_0", 32, 22, false},
    {q5_1, "Q5_1", 32, 24, false},
    {q8_1, "Q8_1", 32, 36, false},
    {q2_k, "Q2_K", 256, 84, false},
    {q3_k, "Q3_K", 256, 110, false},
    {q4_k, "Q4_K", 256, 144, false},
    {q5_k, "Q5_K", 256, 176, false},
    {q6_k, "Q6_K", 256, 210, false},
    {q8_k, "Q8_K", 256, 292, false},
    {iq2_xxs, "IQ2_XXS", 256, 66, false},
    {iq2_xs, "IQ2_XS", 256, 74, false},
    {iq3_xxs, "IQ3_XXS", 256, 98, false},
    {iq1_s, "IQ1_S", 256, 50, false},
    {iq4_nl, "IQ4_NL", 32, 18, false},
    {iq3_s, "IQ3_S", 256, 110, false},
    {iq2_s, "IQ2_S", 256, 82, false},
    {iq4_xs, "IQ4_XS", 256, 136, false},
    {iq1_m, "IQ1_M", 256, 56, false},
    {i8, "I8", 1, 1, false},
    {i16, "I16", 1, 2, false},
    {i32, "I32", 1, 4, false},
    {i64, "I64", 1, 8, false},
    {f64, "F64", 1, 8, false},
    {tq1_0, "TQ1_0", 256, 54, false},
    {tq2_0, "TQ2_0", 256, 66, false},
    {mxfp4, "MXFP4", 32, 17, false},
};

}  // namespace

const TensorTypeInfo* tensor_type_info(uint32_t id) {
  for (const TensorTypeInfo& info : kTypes)
    if (static_cast<uint32_t>(info.type) == id) return &info;
  return nullptr;
}

}  // namespace caracal
