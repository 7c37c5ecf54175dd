#pragma once
#include <cstdint>
#include <span>

#include "exec/operator.h"
#include "exec/sequence_tiles.h"
#include "exec/step_context.h"
#include "kernels/attend_table.h"
#include "mixers/gqa/attention_shape.h"
#include "mixers/gqa/visible_keys.h"

namespace caracal {

/// Softmax-weighted sums that are not yet divided; one row per query. An empty one has max
/// -infinity and sum 0.
struct SoftmaxRows {
  float* max;  ///< the largest score
  float* sum;  ///< denominator, relative to max (online) or to phi (unified)
  float* acc;  ///< [rows, stride] numerators
};

/// A thread's memory while it works on a tile; cut from the scratch of the plan.
struct AttendScratch {
  AttendScratch(const AttentionShape& shape, std::byte* memory);
  static size_t bytes(const AttentionShape& shape);

  float* q;              ///< [queries, head_dim]
  SoftmaxRows part;      ///< the split at work
  SoftmaxRows total;     ///< the splits before it
  float* keep;           ///< [queries]
  int32_t *begin, *end;  ///< [queries] visible keys of the chunk
  bool* again;           ///< [queries] whose unified maximum did not fit
  float* scores;         ///< [kQueryBlock, kKeyChunk]
  float *k_panel, *v_panel;
  /// Where a chunk lies: pointers that may be read for all kKeyChunk keys.
  struct ChunkRows {
    KeyGroup* k;  ///< [kKeyGroups]
    const std::byte**
        k_ahead;          ///< [kKeyChunk] pieces of the tiles that `k` lies in, as large as a row
    const std::byte** v;  ///< [kKeyChunk]
    std::byte* gathered;  ///< [kKeyGroups] tiles of kPanelLanes keys that are not side by side
  } rows[2];              ///< of the chunk at work and the next one
  VisibleKeys* keys;      ///< [rows]
};

/// The attention of one tile: some rows of a sequence, one KV head and the queries that share it.
/// Query i of row r is number r * queries_per_kv + i.
class AttendTile {
 public:
  /// q: [step rows, n_heads * head_dim].
  AttendTile(const AttentionShape& shape, const StepContext& step, const Tile& tile,
             MatrixView<const float> q, AttendScratch& scratch);

  int32_t n_rows() const { return n_rows_; }
  int32_t n_queries() const { return n_rows_ * per_row_; }
  /// Splits that hold keys which some row sees.
  int32_t first_split() const { return begin_ / kSplitKeys; }
  int32_t end_split() const { return n_key_splits(end_); }

  /// scratch.part = the sums of rows [row_begin, row_end) over one split.
  void attend_split(int32_t split, int32_t row_begin, int32_t row_end, SoftmaxKind softmax);
  /// scratch.total = the sums of these rows over all splits, merged in order.
  void attend_all(int32_t row_begin, int32_t row_end, SoftmaxKind softmax);

  /// scratch.total of these queries = empty.
  void clear_total(int32_t query_begin, int32_t query_end);
  /// Adds the next split of one query to scratch.total. acc: v_stride floats.
  void merge(int32_t query, float max, float sum, const float* acc, SoftmaxKind softmax);

 private:
  struct Queries {
    int32_t begin, end;
  };
  struct Chunk {
    int32_t at;  ///< position of its first key
    int32_t begin, end;
  };
  Queries queries_of(int32_t row_begin, int32_t row_end) const {
    return {row_begin * per_row_, row_end * per_row_};
  }
  Chunk chunk_at(int32_t at, int32_t row_begin, int32_t row_end) const;
  void find_rows(const Chunk& chunk, const VisibleKeys& keys, AttendScratch::ChunkRows& rows) const;
  KeyGroup find_keys(const Chunk& chunk, int32_t group, const VisibleKeys& keys,
                     AttendScratch::ChunkRows& rows) const;
  void set_visible(const Chunk& chunk, int32_t row_begin, int32_t row_end);
  void attend_chunk(const Chunk& chunk, Queries queries, const AttendScratch::ChunkRows& rows,
                    const std::byte* const* next_k);
  void attend_directly(const Chunk& chunk, Queries queries, const AttendScratch::ChunkRows& rows,
                       const std::byte* const* next_k);
  void attend_panels(const Chunk& chunk, Queries queries);
  void softmax(Queries queries, int32_t n_keys);

  const AttentionShape& shape_;
  AttendScratch& scratch_;
  const std::byte* memory_;
  int32_t head_;
  int32_t per_row_;
  int32_t n_rows_;
  int64_t v_stride_;
  int32_t begin_, end_;  ///< positions that some row sees
  SoftmaxKind softmax_ = SoftmaxKind::online;
};

}  // namespace caracal
