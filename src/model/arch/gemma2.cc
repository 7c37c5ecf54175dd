/// Gemma 2 (Gemma Team 2024, arXiv:2408.00118): sandwich norms, soft caps on scores and logits,
/// every other layer with a window.
#include "model/arch/arch_keys.h"
#include "model/arch/gemma_parts.h"
#include "model/arch/gguf_config.h"
#include "model/registry.h"

namespace caracal {
namespace {

using namespace parts;

constexpr Part kPrologue[] = {kGemmaTokenEmbd};
constexpr Part kBlock[] = {
    kGemmaAttnNorm,          kAttnQ,   kAttnK, kAttnV,       kAttn,         kGemmaAttnOutput,
    kGemmaPostAttentionNorm,  //
    kGemmaFfnNorm,           kFfnGate, kFfnUp, kGemmaFfnAct, kGemmaFfnDown, kGemmaPostFfwNorm,
};
constexpr Part kEpilogue[] = {kGemmaOutputNorm, kOutput, kLogitSoftcap};

/// What the files that leave it out were trained with.
constexpr int32_t kWindow = 4096;

void configure(const Gguf& file, ModelConfig& config) {
  read_common_config(file, config);
  read_rope_config(file, config, RopePairs::halves);
  read_windows(file, config, 2, kWindow);
  const ArchKeys keys(file, config);
  set_gemma_scales(config, 46);
  config.attn_softcap = static_cast<float>(keys.number("attn_logit_softcapping", 50.0, 0, 1e6));
  config.logit_softcap = static_cast<float>(keys.number("final_logit_softcapping", 30.0, 0, 1e6));
}

}  // namespace

const Family& gemma2_family() {
  static constexpr Family family = {"gemma2", configure, kPrologue, kBlock, kEpilogue};
  return family;
}

}  // namespace caracal
