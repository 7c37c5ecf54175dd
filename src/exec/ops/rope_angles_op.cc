#include "exec/ops/rope_angles_op.h"

#include <cmath>

#include "exec/step_context.h"

namespace caracal {

void RopeAnglesOp::run(const StepContext& step, const Tile& tile,
                       std::span<std::byte>) const noexcept {
  const auto out = step.floats(out_);
  const size_t pairs = frequency_.size();
  for (int32_t r = tile.row_begin; r < tile.row_end; ++r) {
    const double position = step.batch().rows[static_cast<size_t>(r)].position;
    float* row = out.row(r);
    for (size_t i = 0; i < pairs; ++i) {
      const double angle = position * frequency_[i];
      row[i] = static_cast<float>(std::cos(angle)) * magnitude_;
      row[pairs + i] = static_cast<float>(std::sin(angle)) * magnitude_;
    }
  }
}

}  // namespace caracal
