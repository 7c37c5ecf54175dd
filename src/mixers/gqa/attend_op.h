#pragma once
#include <array>

#include "exec/operator.h"
#include "mixers/gqa/attend_cost.h"
#include "mixers/gqa/attend_tile.h"
#include "mixers/gqa/attention_shape.h"

namespace caracal {

/// softmax(q·Kᵀ)·V without a matrix of all scores (Dao et al. 2022, FlashAttention). One tile is a
/// few neighbouring rows of a sequence and one KV head; all their queries share every read of K and
/// V. A row's result is defined by positions alone: keys in chunks of kKeyChunk and in splits of
/// kSplitKeys at multiples of these, softmax online within a split (Milakov & Gimelshein 2018,
/// algorithm 3), splits merged in order (FlashDecoding). So it does not depend on how the prompt
/// was cut, on what else is in the batch, on whether a token came as a tree draft, or on who
/// computed which split.
class AttendOp final : public Operator {
 public:
  /// splits: buffer with RowCount::split_rows and split_cols(shape) columns.
  AttendOp(const AttentionShape& shape, BufferId q, BufferId kv, BufferId splits, BufferId out);
  static int64_t split_cols(const AttentionShape& shape);

  std::string_view kind() const override { return "attend"; }
  TileSpace tiles() const override {
    return {.row_tile = shape_.tile_rows(), .parts = shape_.n_kv_heads, .by_sequence = true};
  }
  std::span<const BufferUse> uses() const override { return uses_; }
  StepCost step_cost(const Batch& batch) const override { return attend_cost(shape_, batch); }
  size_t scratch_bytes() const override { return AttendScratch::bytes(shape_); }
  void run(const StepContext& step, const Tile& tile,
           std::span<std::byte> scratch) const noexcept override;
  void merge_splits(const StepContext& step, const Tile& tile,
                    std::span<std::byte> scratch) const noexcept override;

 private:
  SoftmaxRows split_row(const StepContext& step, const Tile& tile, int32_t row,
                        int32_t split) const;
  void finish(const StepContext& step, const Tile& tile, AttendTile& work,
              AttendScratch& scratch) const;
  bool out_of_range(float max) const;
  float* output(const StepContext& step, const Tile& tile, int32_t query) const;
  void write(const SoftmaxRows& rows, int32_t query, float* out) const;

  AttentionShape shape_;
  BufferId q_, splits_, out_;
  std::array<BufferUse, 4> uses_;
};

}  // namespace caracal
