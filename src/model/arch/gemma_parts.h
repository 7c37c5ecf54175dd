#pragma once
/// What Gemma 2 and 3 share: norms before and after attention and FFN ("sandwich"), norm weights
/// kept as their difference from 1, GeLU in the FFN, embeddings times sqrt(d_model).
#include "model/arch/parts.h"

namespace caracal::parts {

// clang-format off
constexpr Part kGemmaTokenEmbd = scaled(kTokenEmbd, Factor::embedding);
constexpr Part kGemmaAttnNorm = plus_one(kAttnNorm);
constexpr Part kGemmaAttnOutput = apart(kAttnOutput, "o");
constexpr Part kPostAttentionNorm =
    {.kind = PartKind::norm, .id = "post_attention_norm", .gguf = "blk.{}.post_attention_norm",
     .hf = "model.layers.{}.post_attention_layernorm", .in = {"o"}, .out = "x", .adds = true,
     .hf_form = HfForm::plus_one};
constexpr Part kGemmaFfnNorm =
    {.kind = PartKind::norm, .id = "ffn_norm", .gguf = "blk.{}.ffn_norm",
     .hf = "model.layers.{}.pre_feedforward_layernorm", .in = {"x"}, .out = "h",
     .hf_form = HfForm::plus_one};
constexpr Part kGemmaFfnAct = mixed_by(kFfnAct, "gelu_gated");
constexpr Part kGemmaFfnDown = apart(kFfnDown, "d");
constexpr Part kPostFfwNorm =
    {.kind = PartKind::norm, .id = "post_ffw_norm", .gguf = "blk.{}.post_ffw_norm",
     .hf = "model.layers.{}.post_feedforward_layernorm", .in = {"d"}, .out = "x", .adds = true,
     .hf_form = HfForm::plus_one};
constexpr Part kGemmaOutputNorm = plus_one(kOutputNorm);
// clang-format on

}  // namespace caracal::parts
