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
    {q5_0, "Q5_0", 32, 22, true},
    {q5_1, "Q5_1", 32, 24, true},
    {q8_1, "Q8_1", 32, 36, false},
    {q2_k, "Q2_K", 256, 84, true},
    {q3_k, "Q3_K", 256, 110, true},
    {q4_k, "Q4_K", 256, 144, true},
    {q5_k, "Q5_K", 256, 176, true},
    {q6_k, "Q6_K", 256, 210, true},
    {q8_k, "Q8_K", 256, 292, false},
    {iq2_xxs, "IQ2_XXS", 256, 66, false},
    {iq2_xs, "IQ2_XS", 256, 74, false},
    {iq3_xxs, "IQ3_XXS", 256, 98, false},
    {iq1_s, "IQ1_S", 256, 50, false},
    {iq4_nl, "IQ4_NL", 32, 18, true},
    {iq3_s, "IQ3_S", 256, 110, false},
    {iq2_s, "IQ2_S", 256, 82, false},
    {iq4_xs, "IQ4_XS", 256, 136, true},
    {iq1_m, "IQ1_M", 256, 56, false},
    {i8, "I8", 1, 1, false},
    {i16, "I16", 1, 2, false},
    {i32, "I32", 1, 4, false},
    {i64, "I64", 1, 8, false},
    {f64, "F64", 1, 8, false},
    {tq1_0, "TQ1_0", 256, 54, true},
    {tq2_0, "TQ2_0", 256, 66, true},
    {mxfp4, "MXFP4", 32, 17, true},
    {nvfp4, "NVFP4", 64, 36, false},
    {q1_0, "Q1_0", 128, 18, false},
};

struct ForeignType {
  uint32_t id;
  std::string_view name;
};

/// Ids that GGUF has taken back.
constexpr ForeignType kDropped[] = {
    {4, "Q4_2"},      {5, "Q4_3"},        {31, "Q4_0_4_4"},   {32, "Q4_0_4_8"},
    {33, "Q4_0_8_8"}, {36, "IQ4_NL_4_4"}, {37, "IQ4_NL_4_8"}, {38, "IQ4_NL_8_8"},
};

/// Ids of the fork ik_llama.cpp (ggml/include/ggml.h); _R4, _R8 and _R16 interleave rows.
constexpr ForeignType kIkLlama[] = {
    {133, "Q6_0"},      {134, "IQ1_BN"},     {135, "IQ2_BN"},    {137, "IQ2_K"},
    {138, "IQ3_K"},     {139, "IQ4_K"},      {140, "IQ5_K"},     {141, "IQ6_K"},
    {144, "IQ4_KS"},    {145, "IQ2_KS"},     {146, "IQ4_KSS"},   {151, "Q8_KV"},
    {152, "IQ5_KS"},    {153, "IQ2_KT"},     {154, "IQ3_KT"},    {155, "IQ4_KT"},
    {156, "IQ3_KS"},    {157, "IQ2_KL"},     {158, "IQ1_KT"},    {202, "Q4_0_R8"},
    {206, "Q5_0_R4"},   {208, "Q8_0_R8"},    {210, "Q2_K_R4"},   {211, "Q3_K_R4"},
    {212, "Q4_K_R4"},   {213, "Q5_K_R4"},    {214, "Q6_K_R4"},   {216, "IQ2_XXS_R4"},
    {217, "IQ2_XS_R4"}, {218, "IQ3_XXS_R4"}, {219, "IQ1_S_R4"},  {220, "IQ4_NL_R4"},
    {221, "IQ3_S_R4"},  {222, "IQ2_S_R4"},   {223, "IQ4_XS_R8"}, {229, "IQ1_M_R4"},
    {230, "BF16_R16"},  {233, "Q6_0_R4"},    {335, "IQ2_BN_R4"}, {337, "IQ2_K_R4"},
    {338, "IQ3_K_R4"},  {339, "IQ4_K_R4"},   {340, "IQ5_K_R4"},  {344, "IQ4_KS_R4"},
    {352, "IQ5_KS_R4"}, {397, "Q8_K_R16"},   {398, "Q8_KV_R8"},  {399, "Q8_K_R8"},
};

std::string_view find_name(std::span<const ForeignType> types, uint32_t id) {
  for (const ForeignType& type : types)
    if (type.id == id) return type.name;
  return {};
}

}  // namespace

std::span<const TensorTypeInfo> tensor_types() { return kTypes; }

const TensorTypeInfo* tensor_type_info(uint32_t id) {
  for (const TensorTypeInfo& info : kTypes)
    if (static_cast<uint32_t>(info.type) == id) return &info;
  return nullptr;
}

std::string foreign_tensor_type(uint32_t id) {
  if (const auto name = find_name(kDropped, id); !name.empty())
    return std::string(name) + ", a layout that GGUF has dropped";
  if (const auto name = find_name(kIkLlama, id); !name.empty())
    return std::string(name) + " of ik_llama.cpp";
  return {};
}

std::string list_readable_types() {
  std::string list, last;
  for (const TensorTypeInfo& type : kTypes) {
    if (!type.readable) continue;
    if (!last.empty()) list += list.empty() ? last : ", " + last;
    last = type.name;
  }
  return list + " or " + last;
}

}  // namespace caracal
