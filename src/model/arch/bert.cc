/// BERT and the sentence encoders of its shape (Devlin et al. 2019; all-MiniLM, BGE, E5, GTE):
/// every token sees the whole text, learned positions, norms behind the sums, no head.
#include <algorithm>

#include "model/arch/arch_keys.h"
#include "model/arch/gguf_config.h"
#include "model/arch/parts.h"
#include "model/registry.h"

namespace caracal {
namespace {

using namespace parts;

// clang-format off: one part, two or three lines
constexpr Part kPosition =
    {.kind = PartKind::embedding, .id = "position_embd", .gguf = "position_embd",
     .hf = "embeddings.position_embeddings", .out = "x", .n_out = Width::n_positions,
     .n_in = Width::d_model, .adds = true, .row = TableRow::position};
constexpr Part kTokenType =
    {.kind = PartKind::embedding, .id = "token_types", .gguf = "token_types",
     .hf = "embeddings.token_type_embeddings", .out = "x", .n_out = Width::n_token_types,
     .n_in = Width::d_model, .adds = true, .row = TableRow::first};
constexpr Part kEmbdNorm =
    {.kind = PartKind::layer_norm, .id = "token_embd_norm", .gguf = "token_embd_norm",
     .hf = "embeddings.LayerNorm", .in = {"x"}, .out = "x", .bias = true};
constexpr Part kPrologue[] = {named(kTokenEmbd, "embeddings.word_embeddings"), kPosition,
                              kTokenType, kEmbdNorm};

constexpr Part kAttnOutputNorm =
    {.kind = PartKind::layer_norm, .id = "attn_output_norm", .gguf = "blk.{}.attn_output_norm",
     .hf = "encoder.layer.{}.attention.output.LayerNorm", .in = {"x"}, .out = "x",
     .bias = true};
constexpr Part kUngated = {.kind = PartKind::channel_mixer, .id = "ffn_act", .in = {"up"},
                           .out = "m", .n_out = Width::d_ff, .uses = "gelu_erf"};
constexpr Part kLayerOutputNorm =
    {.kind = PartKind::layer_norm, .id = "layer_output_norm", .gguf = "blk.{}.layer_output_norm",
     .hf = "encoder.layer.{}.output.LayerNorm", .in = {"x"}, .out = "x",
     .bias = true};
constexpr Part kBlock[] = {
    reading_x(named(kAttnQ, "encoder.layer.{}.attention.self.query")),
    reading_x(named(kAttnK, "encoder.layer.{}.attention.self.key")),
    reading_x(named(kAttnV, "encoder.layer.{}.attention.self.value")),
    kAttn,
    named(kAttnOutput, "encoder.layer.{}.attention.output.dense"),
    kAttnOutputNorm,
    reading_x(named(kFfnUp, "encoder.layer.{}.intermediate.dense")),
    kUngated,
    named(kFfnDown, "encoder.layer.{}.output.dense"),
    kLayerOutputNorm,
};
// clang-format on

/// The file's own count: only the first row is read. A missing table is the loader's error.
int32_t rows_of_token_types(const Gguf& file) {
  const GgufTensor* table = file.find_tensor("token_types.weight");
  return table ? static_cast<int32_t>(std::min<int64_t>(table->shape[0], 1 << 20)) : 1;
}

void configure(const Gguf& file, ModelConfig& config) {
  read_common_config(file, config);
  const ArchKeys keys(file, config);
  config.norm_eps = static_cast<float>(keys.number("attention.layer_norm_epsilon", 1e-12, 0, 1));
  config.causal = file.get_bool(keys.full("attention.causal")).value_or(false);
  config.n_token_types = rows_of_token_types(file);
  for (LayerConfig& layer : config.layers) layer.rope = LayerRope::none;
}

}  // namespace

const Family& bert_family() {
  static constexpr Family family = {"bert", configure, kPrologue, kBlock, {}};
  return family;
}

}  // namespace caracal
