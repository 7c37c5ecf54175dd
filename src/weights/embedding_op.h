#pragma once
#include <array>

#include "exec/operator.h"
#include "weights/weight_format.h"

namespace caracal {

/// out[r] = factor * decoded table row of the batch's token r.
class EmbeddingOp final : public Operator {
 public:
  /// table: stored bytes of [n_vocab, n] in format; must outlive the plan.
  EmbeddingOp(const WeightFormat& format, const std::byte* table, int64_t n, BufferId out,
              float factor);
  std::string_view kind() const override { return "embedding"; }
  std::string detail() const override { return std::string(format_.name); }
  TileSpace tiles() const override { return {RowCount::step_rows, 1, 1}; }
  std::span<const BufferUse> uses() const override { return uses_; }
  void run(const StepContext& step, const Tile& tile, std::span<std::byte>) const noexcept override;

 private:
  const WeightFormat& format_;
  const std::byte* table_;
  int64_t n_;
  size_t row_bytes_;
  BufferId out_;
  float factor_;
  std::array<BufferUse, 1> uses_;
};

}  // namespace caracal
