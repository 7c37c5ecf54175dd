#include "weights/embedding_op.h"

#include "exec/step_context.h"

namespace caracal {

EmbeddingOp::EmbeddingOp(const WeightFormat& format, const std::byte* table, int64_t n,
                         BufferId out, float factor)
    : format_(format),
      table_(table),
      n_(n),
      out_(out),
      factor_(factor),
      uses_{BufferUse{out, true, true}} {
  const TensorTypeInfo& type = *tensor_type_info(format.type);
  row_bytes_ = static_cast<size_t>(n / type.block_elements * type.block_bytes);
}

void EmbeddingOp::run(const StepContext& step, const Tile& tile,
                      std::span<std::byte>) const noexcept {
  const auto out = step.floats(out_);
  for (int32_t r = tile.row_begin; r < tile.row_end; ++r) {
    const auto token = static_cast<size_t>(step.batch().rows[static_cast<size_t>(r)].token);
    float* row = out.row(r);
    format_.decode_row(table_ + token * row_bytes_, n_, row);
    if (factor_ != 1.0f)
      for (int64_t i = 0; i < n_; ++i) row[i] *= factor_;
  }
}

}  // namespace caracal
