/// Granite 3 (IBM 2024): the Llama block with four multipliers, of embeddings, attention scores,
/// what a block adds to the residual stream, and logits.
#include "model/arch/arch_keys.h"
#include "model/arch/gguf_config.h"
#include "model/arch/parts.h"
#include "model/registry.h"

namespace caracal {
namespace {

using namespace parts;

constexpr Part kPrologue[] = {scaled(kTokenEmbd, Factor::embedding)};
constexpr Part kBlock[] = {
    kAttnNorm,
    neighbours(kAttnQ),
    neighbours(kAttnK),
    kAttnV,
    kAttn,                                  //
    scaled(kAttnOutput, Factor::residual),  //
    kFfnNorm,
    kFfnGate,
    kFfnUp,
    kFfnAct,  //
    scaled(kFfnDown, Factor::residual),
};
constexpr Part kEpilogue[] = {kOutputNorm, scaled(kOutput, Factor::logit)};

void configure(const Gguf& file, ModelConfig& config) {
  read_common_config(file, config);
  read_rope_config(file, config, RopePairs::neighbours);
  const ArchKeys keys(file, config);
  const auto multiplier = [&](const char* key, float fallback) {
    return static_cast<float>(keys.number(key, fallback, 1e-6, 1e6));
  };
  config.embedding_scale = multiplier("embedding_scale", 1.0f);
  config.residual_scale = multiplier("residual_scale", 1.0f);
  config.attn_scale = multiplier("attention.scale", config.attn_scale);
  config.logit_scale = 1.0f / multiplier("logit_scale", 1.0f);  // the file keeps a divisor
  // In this family the key says whether there is a position embedding at all.
  if (!file.get_bool(keys.full("rope.scaling.finetuned")).value_or(true))
    for (LayerConfig& layer : config.layers) layer.rope = LayerRope::none;
}

}  // namespace

const Family& granite_family() {
  static constexpr Family family = {"granite", configure, kPrologue, kBlock, kEpilogue};
  return family;
}

}  // namespace caracal
