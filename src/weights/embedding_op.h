#pragma once
#include <array>

#include "exec/operator.h"
#include "spec/batch.h"
#include "weights/weight_format.h"

namespace caracal {

struct EmbeddingArgs {
  const WeightFormat* format = nullptr;
  const std::byte* table = nullptr;  ///< stored bytes of [rows, n] in format
  int64_t n = 0;
  /// The row of the table that a row of the batch takes; inside the table for every batch that the
  /// plan is run with.
  int32_t (*row)(const BatchRow&) = nullptr;
  BufferId out = BufferId::none;
  bool adds = false;    ///< to what out holds
  float factor = 1.0f;  ///< multiplies the result
};

/// out[r] = factor * a decoded row of a table, or out[r] += the same. The table must outlive the
/// plan.
class EmbeddingOp final : public Operator {
 public:
  explicit EmbeddingOp(const EmbeddingArgs& args);
  std::string_view kind() const override { return "embedding"; }
  std::string detail() const override { return std::string(args_.format->name); }
  TileSpace tiles() const override { return {RowCount::step_rows, 1, 1}; }
  std::span<const BufferUse> uses() const override { return uses_; }
  size_t scratch_bytes() const override;
  StepCost step_cost(const Batch& batch) const override;  ///< the rows that are looked up
  void run(const StepContext& step, const Tile& tile,
           std::span<std::byte> scratch) const noexcept override;

 private:
  const EmbeddingArgs args_;
  size_t row_bytes_;
  std::array<BufferUse, 1> uses_;
};

}  // namespace caracal
