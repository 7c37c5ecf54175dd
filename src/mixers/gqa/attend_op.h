#pragma once
#include <array>

#include "exec/operator.h"
#include "mixers/gqa/attend_cost.h"

namespace caracal {

/// softmax(q·Kᵀ)·V in the online form (Milakov & Gimelshein 2018, algorithm 3): keys are taken in
/// chunks at absolute positions, so the result does not depend on how the prompt was cut, on what
/// else is in the batch, or on whether a token came as a tree draft. One tile is one row and one KV
/// head; its queries share every read of K and V.
class AttendOp final : public Operator {
 public:
  AttendOp(const AttentionShape& shape, BufferId q, BufferId kv, BufferId out);
  std::string_view kind() const override { return "attend"; }
  TileSpace tiles() const override { return {RowCount::step_rows, 1, shape_.n_kv_heads}; }
  std::span<const BufferUse> uses() const override { return uses_; }
  StepCost step_cost(const Batch& batch) const override { return attend_cost(shape_, batch); }
  size_t scratch_bytes() const override;
  void run(const StepContext& step, const Tile& tile,
           std::span<std::byte> scratch) const noexcept override;

 private:
  AttentionShape shape_;
  BufferId q_, out_;
  std::array<BufferUse, 3> uses_;
};

}  // namespace caracal
