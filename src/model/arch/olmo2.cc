/// OLMo 2 (OLMo Team 2024, arXiv:2501.00656): norms behind attention and FFN instead of before
/// them, and one over all of Q and all of K before the rotation.
#include "base/error.h"
#include "model/arch/arch_keys.h"
#include "model/arch/gguf_config.h"
#include "model/arch/parts.h"
#include "model/registry.h"

namespace caracal {
namespace {

using namespace parts;

constexpr Part kPrologue[] = {kTokenEmbd};
constexpr Part kBlock[] = {
    reading_x(kAttnQ),
    reading_x(kAttnK),
    reading_x(kAttnV),
    normalising(kAttnQNorm, Width::q_dim),
    normalising(kAttnKNorm, Width::k_dim),
    kAttn,
    apart(kAttnOutput, "o"),
    kPostAttentionNorm,  //
    reading_x(kFfnGate),
    reading_x(kFfnUp),
    kFfnAct,
    apart(kFfnDown, "d"),
    kPostFfwNorm,
};
constexpr Part kEpilogue[] = {kOutputNorm, kOutput};

/// OLMo 3 calls itself olmo2, too; its windows and the rotation of their layers are not there.
void refuse_windows(const Gguf& file, const ModelConfig& config) {
  const ArchKeys keys(file, config);
  const std::string_view key = "attention.sliding_window";
  if (const int64_t window = file.get_int(keys.full(key)).value_or(0); window != 0)
    throw_error(ErrorCode::unsupported, keys.where(key), "expected no window, found {} (OLMo 3)",
                window);
}

void configure(const Gguf& file, ModelConfig& config) {
  read_common_config(file, config);
  read_rope_config(file, config, RopePairs::halves);
  refuse_windows(file, config);
}

}  // namespace

const Family& olmo2_family() {
  static constexpr Family family = {"olmo2", configure, kPrologue, kBlock, kEpilogue};
  return family;
}

}  // namespace caracal
