#include "exec/ops/norm_op.h"

#include "base/check.h"
#include "exec/step_context.h"

namespace caracal {

RmsNormOp::RmsNormOp(const SmallKernels& kernels, const NormArgs& args)
    : kernels_(kernels),
      args_(args),
      uses_{BufferUse{args.in, false, true}, BufferUse{args.out, true, true}} {
  CRCL_CHECK_OP(args.cols % static_cast<int64_t>(args.weight.size()), ==, 0);
}

size_t RmsNormOp::scratch_bytes() const {
  return args_.adds ? args_.weight.size() * sizeof(float) : 0;
}

void RmsNormOp::run(const StepContext& step, const Tile& tile,
                    std::span<std::byte> scratch) const noexcept {
  const auto in = step.floats(args_.in);
  const auto out = step.floats(args_.out);
  const auto n = static_cast<int64_t>(args_.weight.size());
  auto* addend = reinterpret_cast<float*>(scratch.data());
  for (int32_t r = tile.row_begin; r < tile.row_end; ++r)
    for (int64_t c = 0; c < args_.cols; c += n) {
      float* to = out.row(r) + c;
      float* result = args_.adds ? addend : to;
      kernels_.rms_norm(in.row(r) + c, args_.weight.data(), args_.eps, n, result);
      if (args_.factor != 1.0f) kernels_.scale(result, n, args_.factor);
      if (args_.adds)
        for (int64_t i = 0; i < n; ++i) to[i] += addend[i];
    }
}

}  // namespace caracal
