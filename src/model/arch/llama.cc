/// The Llama family: Llama 2 and 3.x, SmolLM2, Mistral and the many that share their layout.
/// Touvron et al. 2023; Grattafiori et al. 2024 for the RoPE frequency factors; Jiang et al. 2023
/// for Mistral's sliding window.
#include "model/arch/gguf_config.h"
#include "model/arch/parts.h"
#include "model/registry.h"

namespace caracal {
namespace {

using namespace parts;

constexpr Part kPrologue[] = {kTokenEmbd};

constexpr Part kBlock[] = {
    kAttnNorm,  //
    neighbours(kAttnQ),
    neighbours(kAttnK),
    kAttnV,  //
    kAttn,
    kAttnOutput,  //
    kFfnNorm,     //
    kFfnGate,
    kFfnUp,  //
    kFfnAct,
    kFfnDown,
};

constexpr Part kEpilogue[] = {kOutputNorm, kOutput};

void configure(const Gguf& file, ModelConfig& config) {
  read_common_config(file, config);
  read_rope_config(file, config, RopePairs::neighbours);
  read_windows(file, config, 0);
}

}  // namespace

const Family& llama_family() {
  static constexpr Family family = {"llama", configure, kPrologue, kBlock, kEpilogue};
  return family;
}

}  // namespace caracal
