#pragma once
/// The parts that most decoder families share, as the Llama family has them, and the few ways in
/// which other families bend them. A family's file lists parts; it should read like its paper.
#include "model/family.h"

namespace caracal::parts {

// clang-format off: one part, two or three lines
constexpr Part kTokenEmbd =
    {.kind = PartKind::embedding, .id = "token_embd", .gguf = "token_embd",
     .hf = "model.embed_tokens", .out = "x", .n_out = Width::n_vocab, .n_in = Width::d_model};

constexpr Part kAttnNorm =
    {.kind = PartKind::norm, .id = "attn_norm", .gguf = "blk.{}.attn_norm",
     .hf = "model.layers.{}.input_layernorm", .in = {"x"}, .out = "h"};
constexpr Part kAttnQ =
    {.kind = PartKind::linear, .id = "attn_q", .gguf = "blk.{}.attn_q",
     .hf = "model.layers.{}.self_attn.q_proj", .in = {"h"}, .out = "q",
     .n_out = Width::q_dim, .n_in = Width::d_model, .bias = true};
constexpr Part kAttnK =
    {.kind = PartKind::linear, .id = "attn_k", .gguf = "blk.{}.attn_k",
     .hf = "model.layers.{}.self_attn.k_proj", .in = {"h"}, .out = "k",
     .n_out = Width::k_dim, .n_in = Width::d_model, .bias = true};
constexpr Part kAttnV =
    {.kind = PartKind::linear, .id = "attn_v", .gguf = "blk.{}.attn_v",
     .hf = "model.layers.{}.self_attn.v_proj", .in = {"h"}, .out = "v",
     .n_out = Width::v_dim, .n_in = Width::d_model, .bias = true};
/// RMS norm of each head of Q and of K (Henry et al. 2020, as Qwen3 and Gemma 3 use it).
constexpr Part kAttnQNorm =
    {.kind = PartKind::norm, .id = "attn_q_norm", .gguf = "blk.{}.attn_q_norm",
     .hf = "model.layers.{}.self_attn.q_norm", .in = {"q"}, .out = "q", .n_in = Width::head_dim};
constexpr Part kAttnKNorm =
    {.kind = PartKind::norm, .id = "attn_k_norm", .gguf = "blk.{}.attn_k_norm",
     .hf = "model.layers.{}.self_attn.k_norm", .in = {"k"}, .out = "k", .n_in = Width::head_dim};
constexpr Part kAttn =
    {.kind = PartKind::sequence_mixer, .id = "attn", .in = {"q", "k", "v"}, .out = "a",
     .n_out = Width::attn_dim, .uses = "gqa"};
constexpr Part kAttnOutput =
    {.kind = PartKind::linear, .id = "attn_output", .gguf = "blk.{}.attn_output",
     .hf = "model.layers.{}.self_attn.o_proj", .in = {"a"}, .out = "x",
     .n_out = Width::d_model, .n_in = Width::attn_dim, .adds = true, .bias = true};

constexpr Part kFfnNorm =
    {.kind = PartKind::norm, .id = "ffn_norm", .gguf = "blk.{}.ffn_norm",
     .hf = "model.layers.{}.post_attention_layernorm", .in = {"x"}, .out = "h"};
constexpr Part kFfnGate =
    {.kind = PartKind::linear, .id = "ffn_gate", .gguf = "blk.{}.ffn_gate",
     .hf = "model.layers.{}.mlp.gate_proj", .in = {"h"}, .out = "gate",
     .n_out = Width::d_ff, .n_in = Width::d_model, .bias = true};
constexpr Part kFfnUp =
    {.kind = PartKind::linear, .id = "ffn_up", .gguf = "blk.{}.ffn_up",
     .hf = "model.layers.{}.mlp.up_proj", .in = {"h"}, .out = "up",
     .n_out = Width::d_ff, .n_in = Width::d_model, .bias = true};
constexpr Part kFfnAct =
    {.kind = PartKind::channel_mixer, .id = "ffn_act", .in = {"gate", "up"}, .out = "m",
     .n_out = Width::d_ff, .uses = "silu_gated"};
constexpr Part kFfnDown =
    {.kind = PartKind::linear, .id = "ffn_down", .gguf = "blk.{}.ffn_down",
     .hf = "model.layers.{}.mlp.down_proj", .in = {"m"}, .out = "x",
     .n_out = Width::d_model, .n_in = Width::d_ff, .adds = true, .bias = true};

/// Norms behind a block, before what it gives is added to the residual stream: see apart().
constexpr Part kPostAttentionNorm =
    {.kind = PartKind::norm, .id = "post_attention_norm", .gguf = "blk.{}.post_attention_norm",
     .hf = "model.layers.{}.post_attention_layernorm", .in = {"o"}, .out = "x", .adds = true};
constexpr Part kPostFfwNorm =
    {.kind = PartKind::norm, .id = "post_ffw_norm", .gguf = "blk.{}.post_ffw_norm",
     .hf = "model.layers.{}.post_feedforward_layernorm", .in = {"d"}, .out = "x", .adds = true};

constexpr Part kOutputNorm =
    {.kind = PartKind::norm, .id = "output_norm", .gguf = "output_norm", .hf = "model.norm",
     .in = {"x"}, .out = "hidden"};
constexpr Part kOutput =
    {.kind = PartKind::linear, .id = "output", .gguf = "output", .hf = "lm_head",
     .in = {"hidden"}, .out = "logits", .n_out = Width::n_vocab, .n_in = Width::d_model,
     .fallback = "token_embd"};
constexpr Part kLogitSoftcap =
    {.kind = PartKind::softcap, .id = "logit_softcap", .in = {"logits"}, .out = "logits"};
// clang-format on

/// Q or K of a family whose GGUF files pair neighbouring columns for the rotation.
constexpr Part neighbours(Part part) {
  part.hf_form = HfForm::rows_to_neighbours;
  return part;
}

/// A norm whose checkpoint keeps the difference from 1.
constexpr Part plus_one(Part part) {
  part.hf_form = HfForm::plus_one;
  return part;
}

/// The same under another name in checkpoints.
constexpr Part named(Part part, std::string_view hf) {
  part.hf = hf;
  return part;
}

constexpr Part scaled(Part part, Factor factor) {
  part.factor = factor;
  return part;
}

/// The same, read from rows of a tensor that it shares with other parts.
constexpr Part sliced(Part part, std::string_view gguf, std::string_view hf, Slice slice) {
  part.gguf = gguf;
  part.hf = hf;
  part.slice = slice;
  return part;
}

/// The same, written to an edge of its own instead of being added to the residual stream.
constexpr Part apart(Part part, std::string_view out) {
  part.out = out;
  part.adds = false;
  return part;
}

/// The same on the residual stream, where no norm stands before a block.
constexpr Part reading_x(Part part) {
  part.in[0] = "x";
  return part;
}

/// A norm over another width: q_dim for one over all heads of Q together.
constexpr Part normalising(Part norm, Width width) {
  norm.n_in = width;
  return norm;
}

constexpr Part mixed_by(Part part, std::string_view mixer) {
  part.uses = mixer;
  return part;
}

}  // namespace caracal::parts
