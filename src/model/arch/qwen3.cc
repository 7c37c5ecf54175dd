/// Qwen3 (Yang et al. 2025): the heads of Q and K are normalised before they are rotated.
#include "model/arch/gguf_config.h"
#include "model/arch/parts.h"
#include "model/registry.h"

namespace caracal {
namespace {

using namespace parts;

constexpr Part kPrologue[] = {kTokenEmbd};
constexpr Part kBlock[] = {
    kAttnNorm, kAttnQ,   kAttnK, kAttnV,  kAttnQNorm, kAttnKNorm, kAttn, kAttnOutput,  //
    kFfnNorm,  kFfnGate, kFfnUp, kFfnAct, kFfnDown,
};
constexpr Part kEpilogue[] = {kOutputNorm, kOutput};

void configure(const Gguf& file, ModelConfig& config) {
  read_common_config(file, config);
  read_rope_config(file, config, RopePairs::halves);
}

}  // namespace

const Family& qwen3_family() {
  static constexpr Family family = {"qwen3", configure, kPrologue, kBlock, kEpilogue};
  return family;
}

}  // namespace caracal
