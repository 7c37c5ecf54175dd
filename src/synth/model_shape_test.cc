#include "synth/model_shape.h"

#include <gtest/gtest.h>

#include <tuple>

namespace caracal {
namespace {

auto dimensions(std::string_view name) {
  const ModelShape& s = *find_model_shape(name);
  return std::tuple(s.n_layers, s.d_model, s.d_ff, s.n_heads, s.n_kv_heads, s.head_dim,
                    s.rope_theta, s.context_length, s.tied_head, s.n_vocab);
}

TEST(ModelShapes, are_those_of_the_models_they_are_named_after) {
  EXPECT_EQ(dimensions("llama-1b"), std::tuple(16, 2048, 8192, 32, 8, 64, 5e5, 8192, true, 32000));
  EXPECT_EQ(dimensions("qwen-0.5b"), std::tuple(24, 896, 4864, 14, 2, 64, 1e6, 8192, true, 32000));
  EXPECT_EQ(dimensions("llama-7b"),
            std::tuple(32, 4096, 11008, 32, 32, 128, 1e4, 4096, false, 32000));
  EXPECT_EQ(dimensions("smollm2-135m"),
            std::tuple(30, 576, 1536, 9, 3, 64, 1e5, 8192, true, 32000));
  for (const ModelShape& shape : model_shapes()) EXPECT_NO_THROW(check_shape(shape)) << shape.name;
  EXPECT_EQ(find_model_shape("llama-3t"), nullptr);
}

}  // namespace
}  // namespace caracal
