#pragma once
/// What Gemma 2 and 3 share: norms before and after attention and FFN ("sandwich"), norm weights
/// kept as their difference from 1, GeLU in the FFN, embeddings times sqrt(d_model).
#include <cmath>

#include "model/arch/parts.h"
#include "spec/model_config.h"

namespace caracal::parts {

// clang-format off
constexpr Part kGemmaTokenEmbd = scaled(kTokenEmbd, Factor::embedding);
constexpr Part kGemmaAttnNorm = plus_one(kAttnNorm);
constexpr Part kGemmaAttnOutput = apart(kAttnOutput, "o");
constexpr Part kGemmaPostAttentionNorm = plus_one(kPostAttentionNorm);
constexpr Part kGemmaFfnNorm =
    plus_one(named(kFfnNorm, "model.layers.{}.pre_feedforward_layernorm"));
constexpr Part kGemmaFfnAct = mixed_by(kFfnAct, "gelu_gated");
constexpr Part kGemmaFfnDown = apart(kFfnDown, "d");
constexpr Part kGemmaPostFfwNorm = plus_one(kPostFfwNorm);
constexpr Part kGemmaOutputNorm = plus_one(kOutputNorm);
// clang-format on

/// embedding_scale, and attn_scale of the 27B model: it alone scales queries by d_model / n_heads
/// instead of head_dim. Files do not say so; its number of layers does.
inline void set_gemma_scales(ModelConfig& config, int32_t n_layers_of_27b) {
  const auto d_model = static_cast<float>(config.d_model);
  config.embedding_scale = std::sqrt(d_model);
  if (config.n_layers == n_layers_of_27b)
    config.attn_scale = 1.0f / std::sqrt(d_model / static_cast<float>(config.n_heads));
}

}  // namespace caracal::parts
