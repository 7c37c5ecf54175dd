#include "mixers/gqa/gqa.h"

#include <memory>

#include "mixers/gqa/attend_op.h"
#include "mixers/gqa/rope_store_op.h"

namespace caracal {

StateSpec GroupedQueryAttention::state(const MixerSpec& spec) const {
  const ModelConfig& c = *spec.config;
  return {StateSpec::Kind::paged_kv,
          {.block_tokens = spec.block_tokens,
           .n_kv_heads = c.n_kv_heads,
           .k_row_bytes = static_cast<size_t>(c.head_dim) * element_bytes(spec.k_type),
           .v_row_bytes = static_cast<size_t>(c.v_head_dim) * element_bytes(spec.v_type)}};
}

void GroupedQueryAttention::build(PlanBuilder& builder, const MixerSpec& spec) const {
  // Stands for the layer's KV memory, so that reading it comes after writing it.
  const BufferId kv = builder.add_buffer("kv", 0);
  const AttentionShape shape(spec, state(spec).layout);
  builder.emplace<RopeStoreOp>(shape, spec.inputs[0], spec.inputs[1], spec.inputs[2],
                               spec.rope_angles, kv);
  builder.emplace<AttendOp>(shape, spec.inputs[0], kv, spec.output);
}

}  // namespace caracal
