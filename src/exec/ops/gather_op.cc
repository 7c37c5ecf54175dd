#include "exec/ops/gather_op.h"

#include <algorithm>

#include "exec/step_context.h"

namespace caracal {

void GatherLogitRowsOp::run(const StepContext& step, const Tile& tile,
                            std::span<std::byte>) const noexcept {
  const auto in = step.floats(in_);
  const auto out = step.floats(out_);
  for (int32_t i = tile.row_begin; i < tile.row_end; ++i)
    std::copy_n(in.row(step.batch().logit_rows[static_cast<size_t>(i)]), cols_, out.row(i));
}

}  // namespace caracal
