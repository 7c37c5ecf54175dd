#include "synth/type_mix.h"

#include <algorithm>

#include "base/text.h"

namespace caracal {
namespace {

using enum TensorType;
using enum MatrixRole;

constexpr TypeMix kMixes[] = {
    {"f32", 0, f32},      {"f16", 1, f16},      {"bf16", 32, bf16},     {"q8_0", 7, q8_0},
    {"q4_0", 2, q4_0},    {"q4_1", 3, q4_1},    {"q5_0", 8, q5_0},      {"q5_1", 9, q5_1},
    {"q2_k", 10, q2_k},   {"q2_k_s", 21, q2_k}, {"q3_k_s", 11, q3_k},   {"q3_k_m", 12, q3_k},
    {"q3_k_l", 13, q3_k}, {"q4_k_s", 14, q4_k}, {"q4_k_m", 15, q4_k},   {"q5_k_s", 16, q5_k},
    {"q5_k_m", 17, q5_k}, {"q6_k", 18, q6_k},   {"iq4_nl", 25, iq4_nl}, {"iq4_xs", 30, iq4_xs},
    {"mxfp4", 38, mxfp4}, {"tq1_0", 36, tq1_0}, {"tq2_0", 37, tq2_0},
};

/// Layers that a rule is for, of n in all.
enum class Layers : uint8_t {
  all,
  first_2,
  first_4,
  first_8th,
  first_16th,
  more_bits,     ///< the first and last eighth and every third between
  shared_heads,  ///< all, where four or more query heads share a KV head
};

bool applies(Layers layers, int32_t i, const ModelShape& shape) {
  const int32_t n = shape.n_layers;
  switch (layers) {
    case Layers::all:
      return true;
    case Layers::first_2:
      return i < 2;
    case Layers::first_4:
      return i < 4;
    case Layers::first_8th:
      return i < n / 8;
    case Layers::first_16th:
      return i < n / 16;
    case Layers::more_bits:
      return i < n / 8 || i >= 7 * n / 8 || (i - n / 8) % 3 == 2;
    case Layers::shared_heads:
      return shape.n_heads / shape.n_kv_heads >= 4;
  }
  return false;
}

struct Rule {
  std::string_view mix;
  MatrixRole role;
  Layers layers;
  TensorType type;
};

/// Exceptions from the base type; the first that applies counts.
constexpr Rule kRules[] = {
    {"q2_k", attn_v, Layers::shared_heads, q4_k},   {"q2_k", attn_v, Layers::all, q3_k},
    {"q2_k", attn_output, Layers::all, q3_k},       {"q2_k", ffn_down, Layers::all, q3_k},
    {"q2_k_s", attn_v, Layers::shared_heads, q4_k}, {"q2_k_s", ffn_down, Layers::first_8th, q4_k},
    {"q3_k_m", attn_v, Layers::first_2, q5_k},      {"q3_k_m", attn_v, Layers::all, q4_k},
    {"q3_k_m", attn_output, Layers::all, q4_k},     {"q3_k_m", ffn_down, Layers::first_16th, q5_k},
    {"q3_k_m", ffn_down, Layers::all, q4_k},        {"q3_k_l", attn_v, Layers::all, q5_k},
    {"q3_k_l", attn_output, Layers::all, q5_k},     {"q3_k_l", ffn_down, Layers::all, q5_k},
    {"q4_k_s", attn_v, Layers::first_4, q5_k},      {"q4_k_s", ffn_down, Layers::first_8th, q5_k},
    {"q4_k_m", attn_v, Layers::more_bits, q6_k},    {"q4_k_m", ffn_down, Layers::more_bits, q6_k},
    {"q5_k_m", attn_v, Layers::more_bits, q6_k},    {"q5_k_m", ffn_down, Layers::more_bits, q6_k},
    {"iq4_nl", attn_v, Layers::shared_heads, q5_k}, {"iq4_nl", ffn_down, Layers::first_8th, q5_k},
    {"iq4_xs", attn_v, Layers::shared_heads, q5_k}, {"iq4_xs", ffn_down, Layers::first_8th, q5_k},
    {"tq1_0", token_embd, Layers::all, q4_k},       {"tq2_0", token_embd, Layers::all, q4_k},
};

bool is_float(TensorType type) { return type == f32 || type == f16 || type == bf16; }

bool divides(TensorType type, int64_t n_in) {
  return n_in % tensor_type_info(type)->block_elements == 0;
}

/// The head, or the embedding that is the head.
TensorType head_type(TensorType base, int64_t n_in) {
  if (is_float(base)) return base;
  if (base == mxfp4 || base == q8_0 || !divides(base, n_in)) return q8_0;
  return q6_k;
}

TensorType wanted_type(const TypeMix& mix, const ModelShape& shape, MatrixRole role, int32_t layer,
                       int64_t n_in) {
  if (role == output || (role == token_embd && shape.tied_head)) return head_type(mix.base, n_in);
  for (const Rule& rule : kRules)
    if (rule.mix == mix.name && rule.role == role && applies(rule.layers, layer, shape))
      return rule.type;
  return mix.base;
}

/// A type of smaller blocks for rows that 256 does not divide.
TensorType smaller_blocks(TensorType type) {
  switch (type) {
    case q2_k:
    case q3_k:
    case tq1_0:
    case tq2_0:
      return q4_0;
    case q4_k:
      return q5_0;
    case q5_k:
      return q5_1;
    case q6_k:
      return q8_0;
    case iq4_xs:
      return iq4_nl;
    default:
      return type;
  }
}

}  // namespace

std::span<const TypeMix> type_mixes() { return kMixes; }

const TypeMix* find_type_mix(std::string_view name) {
  std::string wanted = lower_ascii(name);
  for (const char* k : {"q3_k", "q4_k", "q5_k"})
    if (wanted == k) wanted += "_m";
  const auto mix = std::ranges::find(kMixes, wanted, &TypeMix::name);
  return mix == std::end(kMixes) ? nullptr : mix;
}

const std::string& type_mix_names() {
  static const std::string names = [] {
    std::string out;
    for (const TypeMix& mix : kMixes) out.append(out.empty() ? "" : "|").append(mix.name);
    return out;
  }();
  return names;
}

TensorType matrix_type(const TypeMix& mix, const ModelShape& shape, MatrixRole role, int32_t layer,
                       int64_t n_in, bool pure) {
  TensorType type = pure ? mix.base : wanted_type(mix, shape, role, layer, n_in);
  if (!divides(type, n_in)) type = smaller_blocks(type);
  return divides(type, n_in) ? type : f16;
}

}  // namespace caracal
