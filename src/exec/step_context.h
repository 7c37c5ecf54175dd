#pragma once
#include <cstddef>
#include <span>

#include "base/matrix_view.h"
#include "exec/operator.h"
#include "spec/batch.h"

namespace caracal {

/// What operators see of one step: the batch, where the plan's buffers lie, and what layers keep.
class StepContext {
 public:
  StepContext(const Batch& batch, std::span<const BufferSpec> specs,
              std::span<std::byte* const> bases, std::span<std::byte* const> states)
      : batch_(batch), specs_(specs), bases_(bases), states_(states) {}

  const Batch& batch() const { return batch_; }
  int32_t n_rows(RowCount rows) const {
    return rows == RowCount::step_rows ? batch_.n_rows() : batch_.n_logit_rows();
  }

  /// Encoded row r of a buffer.
  std::byte* row(BufferId id, int64_t r) const {
    return bases_[index_of(id)] + static_cast<size_t>(r) * specs_[index_of(id)].row_bytes();
  }
  /// A float buffer as a matrix.
  MatrixView<float> floats(BufferId id) const {
    const BufferSpec& spec = specs_[index_of(id)];
    return {reinterpret_cast<float*>(bases_[index_of(id)]), n_rows(spec.rows), spec.cols,
            static_cast<int64_t>(spec.row_bytes() / sizeof(float))};
  }
  /// Base of the memory that layer `layer` keeps across steps (its KV blocks).
  std::byte* state(int32_t layer) const { return states_[static_cast<size_t>(layer)]; }

 private:
  const Batch& batch_;
  std::span<const BufferSpec> specs_;
  std::span<std::byte* const> bases_;
  std::span<std::byte* const> states_;
};

}  // namespace caracal
