#include "exec/ops/layer_norm_op.h"

#include "exec/step_context.h"

namespace caracal {

LayerNormOp::LayerNormOp(const SmallKernels& kernels, const LayerNormArgs& args)
    : kernels_(kernels),
      args_(args),
      uses_{BufferUse{args.in, false, true}, BufferUse{args.out, true, true}} {}

void LayerNormOp::run(const StepContext& step, const Tile& tile,
                      std::span<std::byte>) const noexcept {
  const auto in = step.floats(args_.in);
  const auto out = step.floats(args_.out);
  for (int32_t r = tile.row_begin; r < tile.row_end; ++r)
    kernels_.layer_norm(in.row(r), args_.weight.data(), args_.bias.data(), args_.eps,
                        static_cast<int64_t>(args_.weight.size()), out.row(r));
}

}  // namespace caracal
