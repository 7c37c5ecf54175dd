/// SmolLM3 (Hugging Face 2025): the Llama block; every fourth layer has no position embedding
/// (NoPE, Kazemnejad et al. 2023; Yang et al. 2025, "RoPE to NoPE and back again").
#include "model/arch/gguf_config.h"
#include "model/arch/parts.h"
#include "model/registry.h"

namespace caracal {
namespace {

using namespace parts;

constexpr Part kPrologue[] = {kTokenEmbd};
constexpr Part kBlock[] = {
    kAttnNorm,
    neighbours(kAttnQ),
    neighbours(kAttnK),
    kAttnV,
    kAttn,
    kAttnOutput,  //
    kFfnNorm,
    kFfnGate,
    kFfnUp,
    kFfnAct,
    kFfnDown,
};
constexpr Part kEpilogue[] = {kOutputNorm, kOutput};

/// Files do not say which layers; every model of the family has this period.
constexpr size_t kNoPePeriod = 4;

void configure(const Gguf& file, ModelConfig& config) {
  read_common_config(file, config);
  read_rope_config(file, config, RopePairs::neighbours);
  for (size_t i = kNoPePeriod - 1; i < config.layers.size(); i += kNoPePeriod)
    config.layers[i].rope = LayerRope::none;
}

}  // namespace

const Family& smollm3_family() {
  static constexpr Family family = {"smollm3", configure, kPrologue, kBlock, kEpilogue};
  return family;
}

}  // namespace caracal
