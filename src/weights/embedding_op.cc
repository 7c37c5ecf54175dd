#include "weights/embedding_op.h"

#include "exec/step_context.h"

namespace caracal {

EmbeddingOp::EmbeddingOp(const EmbeddingArgs& args)
    : args_(args), uses_{BufferUse{args.out, true, true}} {
  const TensorTypeInfo& type = *tensor_type_info(args.format->type);
  row_bytes_ = static_cast<size_t>(args.n / type.block_elements * type.block_bytes);
}

size_t EmbeddingOp::scratch_bytes() const {
  return args_.adds ? static_cast<size_t>(args_.n) * sizeof(float) : 0;
}

StepCost EmbeddingOp::step_cost(const Batch& batch) const {
  StepCost cost;
  cost.weight_bytes = static_cast<double>(row_bytes_) * batch.n_rows();
  return cost;
}

void EmbeddingOp::run(const StepContext& step, const Tile& tile,
                      std::span<std::byte> scratch) const noexcept {
  const auto out = step.floats(args_.out);
  const auto rows = std::span(step.batch().rows);
  for (int32_t r = tile.row_begin; r < tile.row_end; ++r) {
    const auto index = static_cast<size_t>(args_.row(rows[static_cast<size_t>(r)]));
    float* decoded = args_.adds ? reinterpret_cast<float*>(scratch.data()) : out.row(r);
    args_.format->decode_row(args_.table + index * row_bytes_, args_.n, decoded);
    if (args_.factor != 1.0f)
      for (int64_t i = 0; i < args_.n; ++i) decoded[i] *= args_.factor;
    if (args_.adds)
      for (int64_t i = 0; i < args_.n; ++i) out.row(r)[i] += decoded[i];
  }
}

}  // namespace caracal
