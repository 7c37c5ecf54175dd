#pragma once
#include <array>

#include "exec/operator.h"
#include "kernels/small_kernels.h"

namespace caracal {

struct LayerNormArgs {
  BufferId in = BufferId::none, out = BufferId::none;
  RowCount rows = RowCount::step_rows;
  std::span<const float> weight, bias;  ///< one per column
  float eps = 0;
};

/// out[r] = (in[r] - mean) / sqrt(variance + eps) * weight + bias (Ba et al. 2016).
class LayerNormOp final : public Operator {
 public:
  LayerNormOp(const SmallKernels& kernels, const LayerNormArgs& args);
  std::string_view kind() const override { return "layer_norm"; }
  TileSpace tiles() const override { return {args_.rows, 1, 1}; }
  std::span<const BufferUse> uses() const override { return uses_; }
  void run(const StepContext& step, const Tile& tile, std::span<std::byte>) const noexcept override;

 private:
  const SmallKernels& kernels_;
  const LayerNormArgs args_;
  std::array<BufferUse, 2> uses_;
};

}  // namespace caracal
