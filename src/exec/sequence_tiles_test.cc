#include "exec/sequence_tiles.h"

#include <gtest/gtest.h>

#include <set>

namespace caracal {
namespace {

struct Rows {
  int32_t context_len, n_rows;
};

Batch batch_of(const std::vector<Rows>& sequences) {
  Batch batch;
  for (const Rows& s : sequences) {
    const std::vector<TokenId> tokens(static_cast<size_t>(s.n_rows), 0);
    append_sequence(batch, {.tokens = tokens, .context_len = s.context_len});
  }
  return batch;
}

constexpr TileSpace kSpace = {.row_tile = 16, .parts = 3, .by_sequence = true};

/// Rows times keys of a tile.
int64_t work_of(const Batch& batch, const Tile& tile) {
  const BatchRow& last = batch.rows[static_cast<size_t>(tile.row_end - 1)];
  const BatchSequence& s = batch.sequences[static_cast<size_t>(last.sequence)];
  int32_t keys = s.context_len + last.index + 1;
  if (tile.split.is_one()) keys = std::min(kSplitKeys, keys - tile.split.index * kSplitKeys);
  return int64_t{tile.row_end - tile.row_begin} * keys;
}

TEST(SequenceTiles, cover_every_row_part_and_split_once_and_never_two_sequences) {
  const Batch batch = batch_of({{0, 40}, {2000, 1}, {513, 3}, {9, 1}, {100, 16}});
  SequenceTiles tiles(kSpace, 64, 32);
  tiles.cut(batch);
  std::set<std::tuple<int32_t, int32_t, int32_t>> seen;  // row, part, split
  for (int64_t i = 0; i < tiles.count(); ++i) {
    const Tile tile = tiles.at(i);
    for (int32_t r = tile.row_begin; r < tile.row_end; ++r) {
      EXPECT_TRUE(seen.insert({r, tile.part, tile.split.index}).second);
      EXPECT_EQ(batch.rows[static_cast<size_t>(r)].sequence,
                batch.rows[static_cast<size_t>(tile.row_begin)].sequence);
    }
  }
  // 57 rows whole; one row in 4 splits and three in 2.
  EXPECT_EQ(seen.size(), (57u + 4 + 6) * 3);
}

TEST(SequenceTiles, come_with_most_work_first) {
  const Batch batch = batch_of({{0, 40}, {2000, 1}, {513, 3}, {9, 1}, {100, 16}});
  SequenceTiles tiles(kSpace, 64, 32);
  tiles.cut(batch);
  for (int64_t i = 1; i < tiles.count(); ++i)
    EXPECT_GE(work_of(batch, tiles.at(i - 1)), work_of(batch, tiles.at(i))) << i;
}

TEST(SequenceTiles, split_rows_are_distinct_and_within_their_bound) {
  for (int32_t max_split_rows : {0, 3, 4, 9, 100}) {
    const Batch batch = batch_of({{2000, 1}, {513, 3}, {1000, 1}, {4000, 2}});
    SequenceTiles tiles(kSpace, 64, max_split_rows);
    tiles.cut(batch);
    std::set<int32_t> used;
    for (int64_t i = 0; i < tiles.count(); ++i) {
      const Tile tile = tiles.at(i);
      if (!tile.split.is_one() || tile.part != 0) continue;
      for (int32_t r = 0; r < tile.row_end - tile.row_begin; ++r)
        EXPECT_TRUE(
            used.insert(tile.split.first_row + r * tile.split.count + tile.split.index).second);
    }
    for (int32_t row : used) EXPECT_LT(row, max_split_rows);
  }
}

TEST(SequenceTiles, the_last_split_of_a_part_completes_it_in_every_step) {
  const Batch batch = batch_of({{2000, 1}, {10, 1}});
  SequenceTiles tiles(kSpace, 8, 16);
  for (int step = 0; step < 3; ++step) {
    if (step != 1) tiles.cut(batch);  // a plan has many layers for each cut
    int32_t n_complete[3] = {};
    for (int64_t i = 0; i < tiles.count(); ++i) {
      const Tile tile = tiles.at(i);
      if (tiles.complete(tile)) ++n_complete[tile.part];
    }
    for (int32_t n : n_complete) EXPECT_EQ(n, 2);
  }
}

TEST(SequenceTiles, many_rows_of_a_sequence_are_not_split) {
  SequenceTiles tiles(kSpace, 64, 1000);
  tiles.cut(batch_of({{4000, 9}}));
  EXPECT_EQ(tiles.count(), 3);
  tiles.cut(batch_of({{4000, 8}}));
  EXPECT_EQ(tiles.count(), 3 * 8);
}

}  // namespace
}  // namespace caracal
