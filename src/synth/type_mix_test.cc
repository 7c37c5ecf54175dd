#include "synth/type_mix.h"

#include <gtest/gtest.h>

namespace caracal {
namespace {

using enum TensorType;
using enum MatrixRole;

TensorType type_in(const char* mix, const char* shape_name, MatrixRole role, int32_t layer = 0) {
  const ModelShape& shape = *find_model_shape(shape_name);
  const int64_t n_in = role == ffn_down      ? shape.d_ff
                       : role == attn_output ? shape.q_dim()
                                             : shape.d_model;
  return matrix_type(*find_type_mix(mix), shape, role, layer, n_in);
}

TEST(TypeMix, head_is_better_than_the_rest) {
  EXPECT_EQ(type_in("q4_0", "llama-7b", output), q6_k);
  EXPECT_EQ(type_in("q4_0", "llama-7b", token_embd), q4_0);
  EXPECT_EQ(type_in("q4_0", "llama-1b", token_embd), q6_k);  // tied
  EXPECT_EQ(type_in("q8_0", "llama-1b", token_embd), q8_0);
  EXPECT_EQ(type_in("bf16", "llama-1b", token_embd), bf16);
  EXPECT_EQ(type_in("tq2_0", "llama-7b", token_embd), q4_k);
}

TEST(TypeMix, q4_k_m_gives_some_layers_more_bits) {
  int n_better = 0;
  for (int32_t layer = 0; layer < 32; ++layer) {
    EXPECT_EQ(type_in("q4_k_m", "llama-7b", attn_q, layer), q4_k);
    EXPECT_EQ(type_in("q4_k_m", "llama-7b", attn_v, layer),
              type_in("q4_k_m", "llama-7b", ffn_down, layer));
    n_better += type_in("q4_k_m", "llama-7b", ffn_down, layer) == q6_k;
  }
  EXPECT_EQ(n_better, 16);
}

TEST(TypeMix, falls_back_where_256_does_not_divide_the_width) {
  EXPECT_EQ(type_in("q4_k_m", "qwen-0.5b", attn_q), q5_0);
  EXPECT_EQ(type_in("q4_k_m", "qwen-0.5b", attn_v, 0), q8_0);
  EXPECT_EQ(type_in("q4_k_m", "qwen-0.5b", ffn_down, 0), q6_k);  // 4864 = 19 * 256
  EXPECT_EQ(type_in("q4_0", "qwen-0.5b", token_embd), q8_0);
  EXPECT_EQ(type_in("iq4_xs", "qwen-0.5b", attn_q), iq4_nl);
  ModelShape odd = *find_model_shape("llama-1b");
  EXPECT_EQ(matrix_type(*find_type_mix("q4_0"), odd, attn_q, 0, 100), f16);
}

TEST(TypeMix, pure_has_no_exceptions) {
  const ModelShape& shape = *find_model_shape("llama-1b");
  for (MatrixRole role : {token_embd, attn_v, ffn_down})
    EXPECT_EQ(matrix_type(*find_type_mix("q4_k_m"), shape, role, 0, 2048, true), q4_k);
}

TEST(TypeMix, names_have_short_forms) {
  EXPECT_EQ(find_type_mix("Q4_K"), find_type_mix("q4_k_m"));
  EXPECT_EQ(find_type_mix("q6_k")->file_type, 18u);
  EXPECT_EQ(find_type_mix("q9_9"), nullptr);
}

}  // namespace
}  // namespace caracal
