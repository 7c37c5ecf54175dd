#include "exec/ops/quantize_op.h"

#include "exec/step_context.h"

namespace caracal {

QuantizeOp::QuantizeOp(const SmallKernels& kernels, BufferId in, BufferId out, int64_t cols,
                       TileSpace tiles)
    : kernels_(kernels),
      in_(in),
      out_(out),
      cols_(cols),
      tiles_(tiles),
      uses_{BufferUse{in, false, true}, BufferUse{out, true, true}} {}

void QuantizeOp::run(const StepContext& step, const Tile& tile,
                     std::span<std::byte>) const noexcept {
  const Columns columns = columns_of(tiles_, cols_, tile.part);
  const auto in = step.floats(in_);
  for (int32_t r = tile.row_begin; r < tile.row_end; ++r)
    kernels_.quantize_q8_32(in.row(r), cols_, columns.begin, columns.end, step.row(out_, r));
}

}  // namespace caracal
