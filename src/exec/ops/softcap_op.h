#pragma once
#include <array>

#include "exec/operator.h"
#include "kernels/small_kernels.h"

namespace caracal {

/// x[r] = cap * tanh(x[r] / cap), in place: bounds logits (Gemma 2, arXiv:2408.00118). Wide rows
/// are shared by the team.
class SoftcapOp final : public Operator {
 public:
  SoftcapOp(const SmallKernels& kernels, BufferId x, int64_t cols, RowCount rows, float cap);
  std::string_view kind() const override { return "softcap"; }
  TileSpace tiles() const override { return {rows_, 1, parts_}; }
  std::span<const BufferUse> uses() const override { return uses_; }
  void run(const StepContext& step, const Tile& tile, std::span<std::byte>) const noexcept override;

 private:
  const SmallKernels& kernels_;
  BufferId x_;
  int64_t cols_;
  RowCount rows_;
  float cap_;
  int32_t parts_;
  std::array<BufferUse, 1> uses_;
};

}  // namespace caracal
