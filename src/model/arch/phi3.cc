/// Phi-3 and 3.5 (Abdin et al. 2024, arXiv:2404.14219): the Llama block with Q, K and V in one
/// tensor and gate and up in another; LongRoPE (Ding et al. 2024) in the long-context models.
#include "model/arch/gguf_config.h"
#include "model/arch/parts.h"
#include "model/registry.h"

namespace caracal {
namespace {

using namespace parts;

constexpr Width kQkvRows[] = {Width::q_dim, Width::k_dim, Width::v_dim};
constexpr Width kGateUpRows[] = {Width::d_ff, Width::d_ff};

constexpr Part of_qkv(Part part, size_t index) {
  return sliced(part, "blk.{}.attn_qkv", "model.layers.{}.self_attn.qkv_proj", {kQkvRows, index});
}
constexpr Part of_gate_up(Part part, size_t index) {
  return sliced(part, "blk.{}.ffn_up", "model.layers.{}.mlp.gate_up_proj", {kGateUpRows, index});
}

constexpr Part kPrologue[] = {kTokenEmbd};
constexpr Part kBlock[] = {
    kAttnNorm,   of_qkv(kAttnQ, 0),       of_qkv(kAttnK, 1),     of_qkv(kAttnV, 2), kAttn,
    kAttnOutput,  //
    kFfnNorm,    of_gate_up(kFfnGate, 0), of_gate_up(kFfnUp, 1), kFfnAct,           kFfnDown,
};
constexpr Part kEpilogue[] = {kOutputNorm, kOutput};

void configure(const Gguf& file, ModelConfig& config) {
  read_common_config(file, config);
  read_rope_config(file, config, RopePairs::halves);
  read_windows(file, config, 0);
}

}  // namespace

const Family& phi3_family() {
  static constexpr Family family = {"phi3", configure, kPrologue, kBlock, kEpilogue};
  return family;
}

}  // namespace caracal
