#pragma once
#include "exec/plan.h"
#include "kv/kv_layout.h"
#include "model/model.h"
#include "spec/kv_type.h"
#include "spec/softmax_kind.h"

namespace caracal {

/// What is read of the wanted rows of a step.
enum class PlanOutput : uint8_t {
  logits,
  hidden,  ///< the final hidden state; the head is left out
};

struct PlanOptions {
  PlanOutput output = PlanOutput::logits;
  int32_t max_rows = 512;        ///< rows of the largest step
  int32_t max_logit_rows = 512;  ///< of those, rows whose output is read
  KvType k_type = KvType::f16;
  KvType v_type = KvType::f16;
  int32_t block_tokens = 32;
  bool fuse = true;  ///< false: every operator is a region of its own
  SoftmaxKind softmax = SoftmaxKind::online;
  float softmax_phi = 0;
  int32_t context = 0;  ///< sequences never grow past it (LongRoPE chooses by it)
};

/// Turns a family's list of parts into the static plan of this model. Throws Error(unsupported)
/// when logits are wanted of a model without a head, Error(bad_config) when the context is longer
/// than its table of positions.
Plan build_plan(const Model& model, const PlanOptions& options);

/// What each layer keeps per token, from the same list.
std::vector<KvLayout> kv_layouts(const ModelConfig& config, const Family& family,
                                 const PlanOptions& options);

}  // namespace caracal
