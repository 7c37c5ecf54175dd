#pragma once
#include <array>

#include "exec/operator.h"
#include "kernels/small_kernels.h"

namespace caracal {

/// out[r] = in[r] / rms(in[r]) * weight (Zhang & Sennrich 2019). in and out: [rows, n].
class RmsNormOp final : public Operator {
 public:
  RmsNormOp(const SmallKernels& kernels, BufferId in, BufferId out, RowCount rows,
            std::span<const float> weight, float eps);
  std::string_view kind() const override { return "rms_norm"; }
  TileSpace tiles() const override { return {rows_, 1, 1}; }
  std::span<const BufferUse> uses() const override { return uses_; }
  void run(const StepContext& step, const Tile& tile, std::span<std::byte>) const noexcept override;

 private:
  const SmallKernels& kernels_;
  BufferId in_, out_;
  RowCount rows_;
  std::span<const float> weight_;
  float eps_;
  std::array<BufferUse, 2> uses_;
};

}  // namespace caracal
