#pragma once
#include <array>

#include "exec/operator.h"
#include "kernels/small_kernels.h"

namespace caracal {

struct NormArgs {
  BufferId in = BufferId::none, out = BufferId::none;
  RowCount rows = RowCount::step_rows;
  int64_t cols = 0;               ///< of in and out
  std::span<const float> weight;  ///< its length divides cols: each slice of it is normalised alone
  float eps = 0;
  bool adds = false;    ///< out += the result (the residual stream)
  float factor = 1.0f;  ///< multiplies the result
};

/// out[r] = in[r] / rms(in[r]) * weight (Zhang & Sennrich 2019), slice by slice.
class RmsNormOp final : public Operator {
 public:
  RmsNormOp(const SmallKernels& kernels, const NormArgs& args);
  std::string_view kind() const override { return "rms_norm"; }
  TileSpace tiles() const override { return {args_.rows, 1, 1}; }
  std::span<const BufferUse> uses() const override { return uses_; }
  size_t scratch_bytes() const override;
  void run(const StepContext& step, const Tile& tile,
           std::span<std::byte> scratch) const noexcept override;

 private:
  const SmallKernels& kernels_;
  const NormArgs args_;
  std::array<BufferUse, 2> uses_;
};

}  // namespace caracal
