#include "mixers/gqa/attend_cost.h"

#include <algorithm>
#include <limits>

namespace caracal {
namespace {

/// Keys [first, end) in order of position.
struct KeyRange {
  int32_t first, end;
  int32_t count() const { return end - first; }
};

KeyRange visible_keys(const AttentionShape& shape, const Batch& batch, const BatchRow& row) {
  const BatchSequence& sequence = batch.sequences[static_cast<size_t>(row.sequence)];
  const int32_t own = !shape.causal      ? sequence.n_rows
                      : row.path_len < 0 ? row.index + 1
                                         : row.path_len;
  const int32_t end = sequence.context_len + own;
  return {shape.window > 0 ? std::max(0, end - shape.window) : 0, end};
}

}  // namespace

StepCost attend_cost(const AttentionShape& shape, const Batch& batch) {
  double scores = 0;  // of all rows: pairs of a query and a key
  double keys = 0;    // of all sequences: keys that anybody reads
  for (const BatchSequence& sequence : batch.sequences) {
    KeyRange read = {std::numeric_limits<int32_t>::max(), 0};
    for (int32_t r = sequence.first_row; r < sequence.first_row + sequence.n_rows; ++r) {
      const KeyRange seen = visible_keys(shape, batch, batch.rows[static_cast<size_t>(r)]);
      scores += seen.count();
      read = {std::min(read.first, seen.first), std::max(read.end, seen.end)};
    }
    if (sequence.n_rows > 0) keys += read.count();
  }
  StepCost cost;
  cost.ops_of(Roof::fp32_fma) = 2.0 * scores * shape.n_heads * (shape.head_dim + shape.v_head_dim);
  cost.kv_bytes = keys * shape.n_kv_heads *
                  static_cast<double>(shape.layout.k_row_bytes + shape.layout.v_row_bytes);
  return cost;
}

}  // namespace caracal
