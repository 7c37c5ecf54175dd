/// Gemma 2 (Gemma Team 2024, arXiv:2408.00118): sandwich norms, soft caps on scores and logits,
/// every other layer with a window.
#include <cmath>

#include "model/arch/arch_keys.h"
#include "model/arch/gemma_parts.h"
#include "model/arch/gguf_config.h"
#include "model/registry.h"

namespace caracal {
namespace {

using namespace parts;

constexpr Part kPrologue[] = {kGemmaTokenEmbd};
constexpr Part kBlock[] = {
    kGemmaAttnNorm,     kAttnQ,   kAttnK, kAttnV,       kAttn,         kGemmaAttnOutput,
    kPostAttentionNorm,  //
    kGemmaFfnNorm,      kFfnGate, kFfnUp, kGemmaFfnAct, kGemmaFfnDown, kPostFfwNorm,
};
constexpr Part kEpilogue[] = {kGemmaOutputNorm, kOutput, kLogitSoftcap};

/// What the files that leave it out were trained with.
constexpr int32_t kWindow = 4096;

/// The 27B model alone scales queries by d_model / n_heads instead of head_dim; files do not say
/// so.
constexpr int32_t kLayersOf27B = 46;

void configure(const Gguf& file, ModelConfig& config) {
  read_common_config(file, config);
  read_rope_config(file, config, RopePairs::halves);
  read_windows(file, config, 2, kWindow);
  const ArchKeys keys(file, config);
  config.embedding_scale = std::sqrt(static_cast<float>(config.d_model));
  config.attn_softcap = static_cast<float>(keys.number("attn_logit_softcapping", 50.0, 0, 1e6));
  config.logit_softcap = static_cast<float>(keys.number("final_logit_softcapping", 30.0, 0, 1e6));
  if (config.n_layers == kLayersOf27B)
    config.attn_scale =
        1.0f / std::sqrt(static_cast<float>(config.d_model) / static_cast<float>(config.n_heads));
}

}  // namespace

const Family& gemma2_family() {
  static constexpr Family family = {"gemma2", configure, kPrologue, kBlock, kEpilogue};
  return family;
}

}  // namespace caracal
