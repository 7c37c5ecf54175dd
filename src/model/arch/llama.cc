/// The Llama family: Llama 2 and 3.x, SmolLM2, Mistral and the many that share their layout.
/// Touvron et al. 2023; Grattafiori et al. 2024 for the RoPE frequency factors.
#include "model/arch/gguf_config.h"
#include "model/registry.h"

namespace caracal {
namespace {

using enum PartKind;

// clang-format off: one part, two or three lines
constexpr Part kPrologue[] = {
    {.kind = embedding, .id = "token_embd", .gguf = "token_embd", .hf = "model.embed_tokens",
     .out = "x", .n_out = Width::n_vocab, .n_in = Width::d_model},
};

constexpr Part kBlock[] = {
    {.kind = norm, .id = "attn_norm", .gguf = "blk.{}.attn_norm",
     .hf = "model.layers.{}.input_layernorm", .in = {"x"}, .out = "h"},
    {.kind = linear, .id = "attn_q", .gguf = "blk.{}.attn_q",
     .hf = "model.layers.{}.self_attn.q_proj", .in = {"h"}, .out = "q",
     .n_out = Width::q_dim, .n_in = Width::d_model, .bias = true},
    {.kind = linear, .id = "attn_k", .gguf = "blk.{}.attn_k",
     .hf = "model.layers.{}.self_attn.k_proj", .in = {"h"}, .out = "k",
     .n_out = Width::k_dim, .n_in = Width::d_model, .bias = true},
    {.kind = linear, .id = "attn_v", .gguf = "blk.{}.attn_v",
     .hf = "model.layers.{}.self_attn.v_proj", .in = {"h"}, .out = "v",
     .n_out = Width::v_dim, .n_in = Width::d_model, .bias = true},
    {.kind = sequence_mixer, .id = "attn", .in = {"q", "k", "v"}, .out = "a",
     .n_out = Width::attn_dim, .uses = "gqa"},
    {.kind = linear, .id = "attn_output", .gguf = "blk.{}.attn_output",
     .hf = "model.layers.{}.self_attn.o_proj", .in = {"a"}, .out = "x",
     .n_out = Width::d_model, .n_in = Width::attn_dim, .adds = true, .bias = true},
    {.kind = norm, .id = "ffn_norm", .gguf = "blk.{}.ffn_norm",
     .hf = "model.layers.{}.post_attention_layernorm", .in = {"x"}, .out = "h"},
    {.kind = linear, .id = "ffn_gate", .gguf = "blk.{}.ffn_gate",
     .hf = "model.layers.{}.mlp.gate_proj", .in = {"h"}, .out = "gate",
     .n_out = Width::d_ff, .n_in = Width::d_model, .bias = true},
    {.kind = linear, .id = "ffn_up", .gguf = "blk.{}.ffn_up",
     .hf = "model.layers.{}.mlp.up_proj", .in = {"h"}, .out = "up",
     .n_out = Width::d_ff, .n_in = Width::d_model, .bias = true},
    {.kind = channel_mixer, .id = "ffn_act", .in = {"gate", "up"}, .out = "m",
     .n_out = Width::d_ff, .uses = "silu_gated"},
    {.kind = linear, .id = "ffn_down", .gguf = "blk.{}.ffn_down",
     .hf = "model.layers.{}.mlp.down_proj", .in = {"m"}, .out = "x",
     .n_out = Width::d_model, .n_in = Width::d_ff, .adds = true, .bias = true},
};

constexpr Part kEpilogue[] = {
    {.kind = norm, .id = "output_norm", .gguf = "output_norm", .hf = "model.norm",
     .in = {"x"}, .out = "hidden"},
    {.kind = linear, .id = "output", .gguf = "output", .hf = "lm_head", .in = {"hidden"},
     .out = "logits", .n_out = Width::n_vocab, .n_in = Width::d_model, .fallback = "token_embd"},
};
// clang-format on

void configure(const Gguf& file, ModelConfig& config) {
  read_common_config(file, config);
  read_rope_config(file, config, RopePairs::neighbours);
}

}  // namespace

const Family& llama_family() {
  static constexpr Family family = {"llama", configure, kPrologue, kBlock, kEpilogue};
  return family;
}

}  // namespace caracal
