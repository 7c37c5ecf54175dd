#include "spec/batch.h"

#include <algorithm>

#include "base/check.h"

namespace caracal {
namespace {

/// Writes the rows that row i sees, root first, and returns how many they are.
int32_t append_path(std::vector<int32_t>& paths, std::span<const int32_t> parents, int32_t i) {
  const size_t begin = paths.size();
  for (int32_t row = i; row >= 0; row = parents[static_cast<size_t>(row)]) paths.push_back(row);
  std::reverse(paths.begin() + static_cast<ptrdiff_t>(begin), paths.end());
  return static_cast<int32_t>(paths.size() - begin);
}

bool is_chain(std::span<const int32_t> parents) {
  for (size_t i = 0; i < parents.size(); ++i)
    if (parents[i] != static_cast<int32_t>(i) - 1) return false;
  return true;
}

}  // namespace

void append_sequence(Batch& batch, const BatchInput& input) {
  const auto n = static_cast<int32_t>(input.tokens.size());
  const bool chain = is_chain(input.parents);
  const auto sequence = static_cast<int32_t>(batch.sequences.size());
  batch.sequences.push_back(
      {batch.n_rows(), n, input.context_len, static_cast<int32_t>(batch.block_tables.size())});
  batch.block_tables.insert(batch.block_tables.end(), input.block_tables.begin(),
                            input.block_tables.end());
  for (int32_t i = 0; i < n; ++i) {
    BatchRow row{.token = input.tokens[static_cast<size_t>(i)],
                 .position = input.context_len + i,
                 .sequence = sequence,
                 .index = i};
    if (!chain) {
      CRCL_CHECK_OP(input.parents[static_cast<size_t>(i)], <, i);
      row.path_begin = static_cast<int32_t>(batch.paths.size());
      row.path_len = append_path(batch.paths, input.parents, i);
      row.position = input.context_len + row.path_len - 1;
    }
    const bool wanted = input.logits == BatchInput::Logits::all ||
                        (input.logits == BatchInput::Logits::first && i == 0) ||
                        (input.logits == BatchInput::Logits::last && i == n - 1);
    if (wanted) {
      row.logit_row = batch.n_logit_rows();
      batch.logit_rows.push_back(batch.n_rows());
    }
    batch.rows.push_back(row);
  }
}

}  // namespace caracal
