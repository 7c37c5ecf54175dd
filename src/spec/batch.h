#pragma once
/// The ragged batch: one step's work. Prefill, decode, chunked prefill and tree verification are
/// this one structure; there are no modes.
#include <cstdint>
#include <span>
#include <vector>

#include "spec/token.h"

namespace caracal {

using BlockId = int32_t;

/// One token to run through the model.
struct BatchRow {
  TokenId token = kNoToken;
  int32_t position = 0;    ///< rotary position
  int32_t sequence = 0;    ///< index into Batch::sequences
  int32_t index = 0;       ///< which row of its sequence it is; its KV goes to context_len + index
  int32_t path_begin = 0;  ///< into Batch::paths, meaningful when path_len >= 0
  int32_t path_len = -1;   ///< rows of the step it sees (itself included); -1: all up to itself
  int32_t logit_row = -1;  ///< row of the logits buffer, -1 when nobody reads its logits
};

/// One sequence's share: rows [first_row, first_row + n_rows) of the batch.
struct BatchSequence {
  int32_t first_row = 0;
  int32_t n_rows = 0;
  int32_t context_len = 0;  ///< tokens already in KV before this step
  int32_t first_table = 0;  ///< into Batch::block_tables; one per KV group follows
};

struct Batch {
  std::vector<BatchRow> rows;
  std::vector<BatchSequence> sequences;
  std::vector<int32_t> paths;       ///< row indices within a sequence, root first, flat
  std::vector<int32_t> logit_rows;  ///< batch row of each logits row
  /// Per sequence and KV group: the blocks that hold slots [0, context_len + n_rows).
  std::vector<std::span<const BlockId>> block_tables;

  int32_t n_rows() const { return static_cast<int32_t>(rows.size()); }
  int32_t n_logit_rows() const { return static_cast<int32_t>(logit_rows.size()); }
  std::span<const BlockId> block_table(const BatchSequence& sequence, int32_t kv_group) const {
    return block_tables[static_cast<size_t>(sequence.first_table + kv_group)];
  }

  /// Empties it and keeps the memory.
  void clear() {
    rows.clear();
    sequences.clear();
    paths.clear();
    logit_rows.clear();
    block_tables.clear();
  }
  void reserve(size_t n_rows, size_t n_sequences) {
    rows.reserve(n_rows);
    sequences.reserve(n_sequences);
    paths.reserve(n_rows);
    logit_rows.reserve(n_rows);
    block_tables.reserve(n_sequences);
  }
};

/// A sequence's rows of one step before they are put into a batch.
struct BatchInput {
  std::span<const TokenId> tokens;
  /// Tree drafts: parents[i] is the row that row i follows, -1 for the context; parents come before
  /// children. Empty: a chain.
  std::span<const int32_t> parents;
  int32_t context_len = 0;
  std::span<const std::span<const BlockId>> block_tables;  ///< one per KV group
  enum class Logits { none, first, last, all } logits = Logits::last;
};

/// Appends one sequence; fills positions, tree paths and logit rows.
void append_sequence(Batch& batch, const BatchInput& input);

}  // namespace caracal
