/// Gemma 3, text (Gemma Team 2025, arXiv:2503.19786): normalised Q and K in place of Gemma 2's soft
/// caps; five layers with a window and a RoPE of their own for each one without.
#include "model/arch/arch_keys.h"
#include "model/arch/gemma_parts.h"
#include "model/arch/gguf_config.h"
#include "model/registry.h"

namespace caracal {
namespace {

using namespace parts;

constexpr Part kPrologue[] = {kGemmaTokenEmbd};
constexpr Part kBlock[] = {
    kGemmaAttnNorm,
    kAttnQ,
    kAttnK,
    kAttnV,
    plus_one(kAttnQNorm),
    plus_one(kAttnKNorm),  //
    kAttn,
    kGemmaAttnOutput,
    kGemmaPostAttentionNorm,  //
    kGemmaFfnNorm,
    kFfnGate,
    kFfnUp,
    kGemmaFfnAct,
    kGemmaFfnDown,
    kGemmaPostFfwNorm,
};
constexpr Part kEpilogue[] = {kGemmaOutputNorm, kOutput, kLogitSoftcap};

void configure(const Gguf& file, ModelConfig& config) {
  read_common_config(file, config);
  read_rope_config(file, config, RopePairs::halves);
  read_windows(file, config, 6);
  const ArchKeys keys(file, config);
  set_gemma_scales(config, 62);
  config.logit_softcap = static_cast<float>(keys.number("final_logit_softcapping", 0, 0, 1e6));
  // The context extension is for the layers that see everything.
  config.local_rope = {.dim = config.rope.dim,
                       .theta = keys.number("rope.freq_base_swa", 10000.0, 1e-3, 1e12),
                       .pairs = config.rope.pairs};
  for (LayerConfig& layer : config.layers)
    if (layer.window > 0) layer.rope = LayerRope::local;
}

}  // namespace

const Family& gemma3_family() {
  static constexpr Family family = {"gemma3", configure, kPrologue, kBlock, kEpilogue};
  return family;
}

}  // namespace caracal
