#pragma once
#include <array>

#include "exec/operator.h"
#include "mixers/gqa/attention_shape.h"

namespace caracal {

/// Rotates queries and keys (Su et al. 2021, equation 34), scales the queries by 1/sqrt(head_dim),
/// and writes keys and values to the sequence's KV blocks.
class RopeStoreOp final : public Operator {
 public:
  RopeStoreOp(const AttentionShape& shape, BufferId q, BufferId k, BufferId v, BufferId angles,
              BufferId kv);
  std::string_view kind() const override { return "rope_store"; }
  TileSpace tiles() const override { return {RowCount::step_rows, 1, 1}; }
  std::span<const BufferUse> uses() const override { return {uses_.data(), n_uses_}; }
  /// One encoded key.
  size_t scratch_bytes() const override { return shape_.layout.k_row_bytes; }
  void run(const StepContext& step, const Tile& tile,
           std::span<std::byte> scratch) const noexcept override;

 private:
  void rotate(float* heads, int32_t n_heads, const float* angles) const noexcept;

  AttentionShape shape_;
  BufferId q_, k_, v_, angles_;
  std::array<BufferUse, 5> uses_;
  size_t n_uses_;
};

}  // namespace caracal
