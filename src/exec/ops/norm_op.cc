#include "exec/ops/norm_op.h"

#include "exec/step_context.h"

namespace caracal {

RmsNormOp::RmsNormOp(const SmallKernels& kernels, BufferId in, BufferId out, RowCount rows,
                     std::span<const float> weight, float eps)
    : kernels_(kernels),
      in_(in),
      out_(out),
      rows_(rows),
      weight_(weight),
      eps_(eps),
      uses_{BufferUse{in, false, true}, BufferUse{out, true, true}} {}

void RmsNormOp::run(const StepContext& step, const Tile& tile,
                    std::span<std::byte>) const noexcept {
  const auto in = step.floats(in_);
  const auto out = step.floats(out_);
  for (int32_t r = tile.row_begin; r < tile.row_end; ++r)
    kernels_.rms_norm(in.row(r), weight_.data(), eps_, static_cast<int64_t>(weight_.size()),
                      out.row(r));
}

}  // namespace caracal
