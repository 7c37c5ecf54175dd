/// Qwen2 and 2.5 (Yang et al. 2024): the Llama block with biases on Q, K and V, rotated over
/// halves.
#include "model/arch/gguf_config.h"
#include "model/arch/parts.h"
#include "model/registry.h"

namespace caracal {
namespace {

using namespace parts;

constexpr Part kPrologue[] = {kTokenEmbd};
constexpr Part kBlock[] = {
    kAttnNorm, kAttnQ,   kAttnK, kAttnV,  kAttn,    kAttnOutput,  //
    kFfnNorm,  kFfnGate, kFfnUp, kFfnAct, kFfnDown,
};
constexpr Part kEpilogue[] = {kOutputNorm, kOutput};

void configure(const Gguf& file, ModelConfig& config) {
  read_common_config(file, config);
  read_rope_config(file, config, RopePairs::halves);
}

}  // namespace

const Family& qwen2_family() {
  static constexpr Family family = {"qwen2", configure, kPrologue, kBlock, kEpilogue};
  return family;
}

}  // namespace caracal
