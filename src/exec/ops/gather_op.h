#pragma once
#include <array>

#include "exec/operator.h"

namespace caracal {

/// Copies the rows whose logits are wanted: out[i] = in[batch.logit_rows[i]].
class GatherLogitRowsOp final : public Operator {
 public:
  GatherLogitRowsOp(BufferId in, BufferId out, int64_t cols)
      : in_(in),
        out_(out),
        cols_(cols),
        uses_{BufferUse{in, false, false}, BufferUse{out, true, true}} {}
  std::string_view kind() const override { return "gather"; }
  TileSpace tiles() const override { return {RowCount::logit_rows, 1, 1}; }
  std::span<const BufferUse> uses() const override { return uses_; }
  void run(const StepContext& step, const Tile& tile, std::span<std::byte>) const noexcept override;

 private:
  BufferId in_, out_;
  int64_t cols_;
  std::array<BufferUse, 2> uses_;
};

}  // namespace caracal
