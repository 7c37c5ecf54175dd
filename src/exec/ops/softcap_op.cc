#include "exec/ops/softcap_op.h"

#include <algorithm>

#include "exec/step_context.h"

namespace caracal {
namespace {

constexpr int64_t kPartCols = 8192;

}  // namespace

SoftcapOp::SoftcapOp(const SmallKernels& kernels, BufferId x, int64_t cols, RowCount rows,
                     float cap)
    : kernels_(kernels),
      x_(x),
      cols_(cols),
      rows_(rows),
      cap_(cap),
      parts_(static_cast<int32_t>((cols + kPartCols - 1) / kPartCols)),
      uses_{BufferUse{x, true, false}} {}

void SoftcapOp::run(const StepContext& step, const Tile& tile,
                    std::span<std::byte>) const noexcept {
  const int64_t begin = kPartCols * tile.part;
  const int64_t n = std::min(kPartCols, cols_ - begin);
  const auto x = step.floats(x_);
  for (int32_t r = tile.row_begin; r < tile.row_end; ++r)
    kernels_.softcap(x.row(r) + begin, n, cap_);
}

}  // namespace caracal
