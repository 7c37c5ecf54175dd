#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/matrix_view.h"
#include "exec/operator.h"
#include "spec/batch.h"

namespace caracal {

/// What operators count, since the plan was loaded; any thread may add.
struct StepCounters {
  /// Query rows whose scores left the range of the unified maximum and were computed again.
  std::atomic<int64_t> softmax_fallbacks{0};
};

/// What operators see of one step: the batch, where the plan's buffers lie, and what layers keep.
class StepContext {
 public:
  StepContext(const Batch& batch, std::span<const BufferSpec> specs,
              std::span<std::byte* const> bases, std::span<std::byte* const> states,
              StepCounters& counters)
      : batch_(batch), specs_(specs), bases_(bases), states_(states), counters_(counters) {}

  const Batch& batch() const { return batch_; }
  /// Of step_rows and logit_rows; which split rows are in use is the tiles' business.
  int32_t n_rows(RowCount rows) const {
    switch (rows) {
      case RowCount::step_rows:
        return batch_.n_rows();
      case RowCount::logit_rows:
        return batch_.n_logit_rows();
      case RowCount::split_rows:
        return 0;
    }
    return 0;
  }
  StepCounters& counters() const { return counters_; }

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
  StepCounters& counters_;
};

}  // namespace caracal
