#include "exec/sequence_tiles.h"

#include <algorithm>

namespace caracal {
namespace {

/// Sequences with more rows give every thread work without splits.
constexpr int32_t kMaxRowsOfSplit = 8;

}  // namespace

SequenceTiles::SequenceTiles(const TileSpace& space, int32_t max_rows, int32_t max_split_rows)
    : space_(space), max_split_rows_(max_split_rows) {
  pieces_.reserve(static_cast<size_t>(max_rows) + static_cast<size_t>(max_split_rows));
  const auto n = static_cast<size_t>(max_split_rows) * static_cast<size_t>(space.parts);
  missing_ = std::make_unique<std::atomic<int32_t>[]>(n);
}

void SequenceTiles::cut(const Batch& batch) {
  pieces_.clear();
  n_split_rows_ = 0;
  for (const BatchSequence& sequence : batch.sequences) {
    const int32_t end = sequence.first_row + sequence.n_rows;
    for (int32_t row = sequence.first_row; row < end; row += space_.row_tile) {
      const int32_t row_end = std::min(row + space_.row_tile, end);
      const int32_t n_keys = sequence.context_len + (row_end - sequence.first_row);
      const int64_t n_split_rows = int64_t{row_end - row} * n_key_splits(n_keys);
      const bool split = sequence.n_rows <= kMaxRowsOfSplit && n_key_splits(n_keys) > 1 &&
                         n_split_rows_ + n_split_rows <= max_split_rows_;
      if (split)
        add_splits(row, row_end, n_keys);
      else
        add_rows(row, row_end, n_keys);
    }
  }
  std::ranges::sort(pieces_, [](const Piece& a, const Piece& b) {
    if (a.work != b.work) return a.work > b.work;
    if (a.row_begin != b.row_begin) return a.row_begin < b.row_begin;
    return a.split.index < b.split.index;
  });
}

void SequenceTiles::add_rows(int32_t begin, int32_t end, int32_t n_keys) {
  pieces_.push_back({begin, end, {}, int64_t{end - begin} * n_keys});
}

void SequenceTiles::add_splits(int32_t begin, int32_t end, int32_t n_keys) {
  const int32_t n_splits = n_key_splits(n_keys);
  for (int32_t i = 0; i < n_splits; ++i) {
    const int32_t keys = std::min(kSplitKeys, n_keys - i * kSplitKeys);
    pieces_.push_back({begin, end, {i, n_splits, n_split_rows_}, int64_t{end - begin} * keys});
  }
  for (int32_t part = 0; part < space_.parts; ++part)
    missing_[static_cast<size_t>(n_split_rows_ * space_.parts + part)].store(
        n_splits, std::memory_order_relaxed);
  n_split_rows_ += (end - begin) * n_splits;
}

Tile SequenceTiles::at(int64_t index) const {
  const Piece& piece = pieces_[static_cast<size_t>(index / space_.parts)];
  return {piece.row_begin, piece.row_end, static_cast<int32_t>(index % space_.parts), piece.split};
}

bool SequenceTiles::complete(const Tile& tile) noexcept {
  if (!tile.split.is_one()) return true;
  auto& missing = missing_[static_cast<size_t>(tile.split.first_row * space_.parts + tile.part)];
  if (missing.fetch_sub(1, std::memory_order_acq_rel) > 1) return false;
  missing.store(tile.split.count, std::memory_order_relaxed);
  return true;
}

}  // namespace caracal
