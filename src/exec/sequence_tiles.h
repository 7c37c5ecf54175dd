#pragma once
/// How a step's rows fall into tiles for an operator that reads what a sequence has kept.
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "exec/operator.h"
#include "spec/batch.h"

namespace caracal {

/// Keys of a split. A row's result is the merge of its splits in order of position (Dao et al.
/// 2023, FlashDecoding), whether one thread computed them or several; borders lie at multiples of
/// this.
inline constexpr int32_t kSplitKeys = 512;

constexpr int32_t n_key_splits(int32_t n_keys) { return (n_keys + kSplitKeys - 1) / kSplitKeys; }

/// The tiles of one step for a TileSpace with by_sequence: neighbouring rows of one sequence
/// together, and where a sequence has few rows and many keys, a tile for each split of the keys.
/// Tiles with most work come first, so that the last ones to be taken are short. Allocates nothing
/// after construction.
class SequenceTiles {
 public:
  /// max_rows: rows of the largest step. max_split_rows: rows of buffers with RowCount::split_rows,
  /// one for each row and split that is computed apart.
  SequenceTiles(const TileSpace& space, int32_t max_rows, int32_t max_split_rows);

  const TileSpace& space() const { return space_; }

  /// Cuts a step into tiles. Not while threads take tiles.
  void cut(const Batch& batch);

  int64_t count() const { return static_cast<int64_t>(pieces_.size()) * space_.parts; }
  Tile at(int64_t index) const;

  /// Says that a tile has run; true for the last one of its rows and part, which then owns them.
  bool complete(const Tile& tile) noexcept;

 private:
  /// Rows, and either all splits of their keys or one.
  struct Piece {
    int32_t row_begin, row_end;
    KeySplit split;
    int64_t work;  ///< rows times keys
  };

  void add_rows(int32_t begin, int32_t end, int32_t n_keys);
  void add_splits(int32_t begin, int32_t end, int32_t n_keys);

  TileSpace space_;
  int32_t max_split_rows_;
  int32_t n_split_rows_ = 0;
  std::vector<Piece> pieces_;
  /// Splits still to come, by first split row and part; back at their number when all have come.
  std::unique_ptr<std::atomic<int32_t>[]> missing_;
};

}  // namespace caracal
