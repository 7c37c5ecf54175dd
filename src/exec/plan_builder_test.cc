#include "exec/plan_builder.h"

#include <gtest/gtest.h>

namespace caracal {
namespace {

/// An operator that only says what it touches.
class FakeOp final : public Operator {
 public:
  FakeOp(std::vector<BufferUse> uses, TileSpace tiles = {})
      : uses_(std::move(uses)), tiles_(tiles) {}
  std::string_view kind() const override { return "fake"; }
  TileSpace tiles() const override { return tiles_; }
  std::span<const BufferUse> uses() const override { return uses_; }
  void run(const StepContext&, const Tile&, std::span<std::byte>) const noexcept override {}

 private:
  std::vector<BufferUse> uses_;
  TileSpace tiles_;
};

BufferUse reads(BufferId id, bool within = true) { return {id, false, within}; }
BufferUse writes(BufferId id, bool within = true) { return {id, true, within}; }

TEST(PlanBuilder, independent_operators_share_a_region) {
  PlanBuilder b(8, 1);
  const BufferId x = b.add_buffer("x", 4), q = b.add_buffer("q", 4), k = b.add_buffer("k", 4);
  b.emplace<FakeOp>(std::vector{reads(x), writes(q)}, TileSpace{.parts = 2});
  b.emplace<FakeOp>(std::vector{reads(x), writes(k)}, TileSpace{.parts = 3});
  const Plan plan = b.finish();
  ASSERT_EQ(plan.regions.size(), 1u);
  EXPECT_EQ(plan.regions[0].chains.size(), 2u);
}

TEST(PlanBuilder, without_fusion_every_operator_is_a_region) {
  PlanBuilder b(8, 1);
  b.set_fusion(false);
  const BufferId x = b.add_buffer("x", 4), h = b.add_buffer("h", 4), g = b.add_buffer("g", 4);
  b.emplace<FakeOp>(std::vector{reads(x), writes(h)});
  b.emplace<FakeOp>(std::vector{reads(x), writes(g)});
  EXPECT_EQ(b.finish().regions.size(), 2u);
}

TEST(PlanBuilder, a_row_wise_follower_joins_the_chain_of_its_producer) {
  PlanBuilder b(8, 1);
  const BufferId x = b.add_buffer("x", 4), h = b.add_buffer("h", 4), g = b.add_buffer("g", 4);
  b.emplace<FakeOp>(std::vector{reads(x), writes(h)});
  b.emplace<FakeOp>(std::vector{reads(h), writes(g)});
  const Plan plan = b.finish();
  ASSERT_EQ(plan.regions.size(), 1u);
  EXPECT_EQ(plan.regions[0].chains.size(), 1u);
}

TEST(PlanBuilder, a_follower_of_two_chains_makes_them_one) {
  PlanBuilder b(8, 1);
  const BufferId x = b.add_buffer("x", 96), gate = b.add_buffer("gate", 96);
  const BufferId up = b.add_buffer("up", 96), h = b.add_buffer("h", 96);
  const TileSpace tiles = {.row_tile = 4, .parts = 2, .part_cols = 64};
  b.emplace<FakeOp>(std::vector{reads(x, false), writes(gate)}, tiles);
  b.emplace<FakeOp>(std::vector{reads(x, false), writes(up)}, tiles);
  b.emplace<FakeOp>(std::vector{reads(gate), reads(up), writes(h)}, tiles);
  const Plan plan = b.finish();
  ASSERT_EQ(plan.regions.size(), 1u);
  ASSERT_EQ(plan.regions[0].chains.size(), 1u);
  EXPECT_EQ(plan.regions[0].chains[0].operators.size(), 3u);
}

TEST(PlanBuilder, a_follower_with_other_parts_waits_for_a_barrier) {
  PlanBuilder b(8, 1);
  const BufferId x = b.add_buffer("x", 96), h = b.add_buffer("h", 96), g = b.add_buffer("g", 96);
  b.emplace<FakeOp>(std::vector{reads(x, false), writes(h)},
                    TileSpace{.parts = 2, .part_cols = 64});
  b.emplace<FakeOp>(std::vector{reads(h), writes(g)}, TileSpace{.parts = 2});
  EXPECT_EQ(b.finish().regions.size(), 2u);
}

TEST(PlanBuilder, parts_cover_a_row_once) {
  const TileSpace equal = {.parts = 3}, stepped = {.parts = 3, .part_cols = 40};
  EXPECT_EQ(columns_of(equal, 96, 2).begin, 64);
  EXPECT_EQ(columns_of(equal, 96, 2).end, 96);
  EXPECT_EQ(columns_of(stepped, 96, 1).end, 80);
  EXPECT_EQ(columns_of(stepped, 96, 2).begin, 80);
  EXPECT_EQ(columns_of(stepped, 96, 2).end, 96);
}

TEST(PlanBuilder, a_reader_of_other_tiles_waits_for_a_barrier) {
  PlanBuilder b(8, 1);
  const BufferId x = b.add_buffer("x", 4), h = b.add_buffer("h", 4), g = b.add_buffer("g", 4);
  b.emplace<FakeOp>(std::vector{reads(x), writes(h)});
  b.emplace<FakeOp>(std::vector{reads(h, false), writes(g)});
  EXPECT_EQ(b.finish().regions.size(), 2u);
}

TEST(PlanBuilder, a_writer_waits_for_readers_of_the_old_value) {
  PlanBuilder b(8, 1);
  const BufferId x = b.add_buffer("x", 4), h = b.add_buffer("h", 4);
  b.emplace<FakeOp>(std::vector{reads(x, false), writes(h)}, TileSpace{.parts = 2});
  b.emplace<FakeOp>(std::vector{writes(x)}, TileSpace{.parts = 2});
  EXPECT_EQ(b.finish().regions.size(), 2u);
}

TEST(PlanBuilder, buffers_alive_together_never_overlap_and_dead_ones_share_memory) {
  PlanBuilder b(16, 1);
  std::vector<BufferId> chain;
  for (int i = 0; i < 12; ++i) chain.push_back(b.add_buffer("t", 100 + 8 * i));
  for (size_t i = 0; i + 1 < chain.size(); ++i)
    b.emplace<FakeOp>(std::vector{reads(chain[i], false), writes(chain[i + 1], false)});
  const Plan plan = b.finish();
  size_t sum = 0;
  for (size_t i = 0; i < chain.size(); ++i) {
    const BufferPlacement& p = plan.placements[i];
    sum += p.bytes;
    EXPECT_EQ(p.offset % 64, 0u);
    for (size_t j = 0; j < i; ++j) {
      const BufferPlacement& q = plan.placements[j];
      const bool together = p.first_region <= q.last_region && q.first_region <= p.last_region;
      const bool apart = p.offset + p.bytes <= q.offset || q.offset + q.bytes <= p.offset;
      EXPECT_TRUE(!together || apart);
    }
  }
  EXPECT_LT(plan.arena_bytes, sum / 3);
}

}  // namespace
}  // namespace caracal
