#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include "exec/step_context.h"
#include "mixers/gqa/attention_shape.h"

namespace caracal {

/// The keys a row sees: positions [begin, end), and where each of them lies.
class VisibleKeys {
 public:
  VisibleKeys(const StepContext& step, const BatchRow& row, const AttentionShape& shape)
      : block_tokens_(shape.layout.block_tokens) {
    const BatchSequence& sequence = step.batch().sequences[static_cast<size_t>(row.sequence)];
    table_ = step.batch().block_table(sequence, shape.kv_group);
    context_len_ = sequence.context_len;
    if (!shape.causal) {
      end_ = context_len_ + sequence.n_rows;
    } else if (row.path_len < 0) {
      end_ = context_len_ + row.index + 1;
    } else {
      path_ = std::span(step.batch().paths)
                  .subspan(static_cast<size_t>(row.path_begin), static_cast<size_t>(row.path_len));
      end_ = context_len_ + row.path_len;
    }
    begin_ = shape.window > 0 ? std::max(0, end_ - shape.window) : 0;
  }

  int32_t begin() const { return begin_; }
  int32_t end() const { return end_; }
  /// Keys from here on lie elsewhere than those of other rows of the sequence.
  int32_t shared_end() const {
    return path_.empty() ? std::numeric_limits<int32_t>::max() : context_len_;
  }

  /// Where the key and the value of a position lie.
  struct Slot {
    BlockId block;
    int32_t at;  ///< inside the block
  };
  Slot slot(int32_t position) const {
    const int32_t slot = path_.empty() || position < context_len_
                             ? position
                             : context_len_ + path_[static_cast<size_t>(position - context_len_)];
    return {table_[static_cast<size_t>(slot / block_tokens_)], slot % block_tokens_};
  }

 private:
  std::span<const BlockId> table_;
  std::span<const int32_t> path_;  ///< tree drafts: the row's ancestors and itself
  int32_t block_tokens_;
  int32_t context_len_ = 0;
  int32_t begin_ = 0, end_ = 0;
};

}  // namespace caracal
