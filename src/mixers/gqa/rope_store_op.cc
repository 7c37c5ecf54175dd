#include "mixers/gqa/rope_store_op.h"

#include "exec/step_context.h"
#include "kernels/key_tile.h"

namespace caracal {

RopeStoreOp::RopeStoreOp(const AttentionShape& shape, BufferId q, BufferId k, BufferId v,
                         BufferId angles, BufferId kv)
    : shape_(shape),
      q_(q),
      k_(k),
      v_(v),
      angles_(angles),
      uses_{BufferUse{q, true, true}, BufferUse{k, true, true}, BufferUse{v, false, true},
            BufferUse{kv, true, false}, BufferUse{angles, false, true}},
      n_uses_(angles == BufferId::none ? 4 : 5) {}

void RopeStoreOp::rotate(float* heads, int32_t n_heads, const float* angles) const noexcept {
  const int32_t pairs = shape_.rope_dim / 2;
  const auto turn = shape_.rope_pairs == RopePairs::neighbours ? shape_.small->rope_neighbours
                                                               : shape_.small->rope_halves;
  for (int32_t h = 0; h < n_heads; ++h)
    turn(heads + h * shape_.head_dim, pairs, angles, angles + pairs);
}

void RopeStoreOp::run(const StepContext& step, const Tile& tile,
                      std::span<std::byte> scratch) const noexcept {
  const KvLayout& layout = shape_.layout;
  std::byte* memory = step.state(shape_.layer);
  for (int32_t r = tile.row_begin; r < tile.row_end; ++r) {
    float* q = step.floats(q_).row(r);
    float* k = step.floats(k_).row(r);
    const float* v = step.floats(v_).row(r);
    if (shape_.rope_dim > 0) {
      const float* angles = step.floats(angles_).row(r);
      rotate(q, shape_.n_heads, angles);
      rotate(k, shape_.n_kv_heads, angles);
    }
    shape_.small->scale(q, int64_t{shape_.n_heads} * shape_.head_dim, shape_.scale);

    const BatchRow& row = step.batch().rows[static_cast<size_t>(r)];
    const BatchSequence& sequence = step.batch().sequences[static_cast<size_t>(row.sequence)];
    const int32_t slot = sequence.context_len + row.index;
    const auto table = step.batch().block_table(sequence, shape_.kv_group);
    const BlockId block = table[static_cast<size_t>(slot / layout.block_tokens)];
    const int32_t at = slot % layout.block_tokens;
    for (int32_t h = 0; h < shape_.n_kv_heads; ++h) {
      std::byte* key = scratch.data();
      shape_.k_kernels->encode(k + h * shape_.head_dim, shape_.head_dim, key);
      copy_key(shape_.k_type, shape_.head_dim, {.tile = key},
               {memory + layout.k_offset(block, h), layout.block_tokens, at});
      shape_.v_kernels->encode(v + h * shape_.v_head_dim, shape_.v_head_dim,
                               memory + layout.v_offset(block, h, at));
    }
  }
}

}  // namespace caracal
