#include "mixers/gqa/gqa.h"

#include <memory>

#include "base/error.h"
#include "mixers/gqa/attend_op.h"
#include "mixers/gqa/rope_store_op.h"

namespace caracal {

namespace {

void check_row(std::string_view flag, KvType type, std::string_view what, int32_t dim) {
  const int32_t values = kv_block(type).values;
  if (dim % values == 0) return;
  throw_error(ErrorCode::bad_config, flag,
              "{} keeps {} values to a block: {} must be a multiple of it, found {}; use f16, bf16 "
              "or f32",
              name_of(type), values, what, dim);
}

}  // namespace

StateSpec GroupedQueryAttention::state(const MixerSpec& spec) const {
  const ModelConfig& c = *spec.config;
  check_row("--cache-type-k", spec.k_type, "the model's head size", c.head_dim);
  check_row("--cache-type-v", spec.v_type, "the model's value head size", c.v_head_dim);
  return {StateSpec::Kind::paged_kv,
          {.block_tokens = spec.block_tokens,
           .n_kv_heads = c.n_kv_heads,
           .k_row_bytes = kv_row_bytes(spec.k_type, c.head_dim),
           .v_row_bytes = kv_row_bytes(spec.v_type, c.v_head_dim)}};
}

void GroupedQueryAttention::build(PlanBuilder& builder, const MixerSpec& spec) const {
  // Stands for the layer's KV memory, so that reading it comes after writing it.
  const BufferId kv = builder.add_buffer("kv", 0);
  const AttentionShape shape(spec, state(spec).layout);
  builder.emplace<RopeStoreOp>(shape, spec.inputs[0], spec.inputs[1], spec.inputs[2],
                               spec.rope_angles, kv);
  const BufferId splits =
      builder.add_buffer("splits", AttendOp::split_cols(shape), RowCount::split_rows);
  builder.emplace<AttendOp>(shape, spec.inputs[0], kv, splits, spec.output);
}

}  // namespace caracal
