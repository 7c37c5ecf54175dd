#pragma once
#include "exec/plan.h"
#include "kv/kv_layout.h"
#include "model/model.h"
#include "spec/kv_type.h"

namespace caracal {

struct PlanOptions {
  int32_t max_rows = 512;        ///< rows of the largest step
  int32_t max_logit_rows = 512;  ///< of those, rows whose logits are read
  KvType k_type = KvType::f16;
  KvType v_type = KvType::f16;
  int32_t block_tokens = 32;
  int32_t context = 0;  ///< sequences never grow past it (LongRoPE chooses by it)
};

/// Turns a family's list of parts into the static plan of this model.
Plan build_plan(const Model& model, const PlanOptions& options);

/// What each layer keeps per token, from the same list.
std::vector<KvLayout> kv_layouts(const ModelConfig& config, const Family& family,
                                 const PlanOptions& options);

}  // namespace caracal
