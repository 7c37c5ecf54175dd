#include "sched/step_scheduler.h"

#include <gtest/gtest.h>

#include <random>

namespace caracal {
namespace {

TEST(StepScheduler, decoding_rows_come_before_prompts) {
  std::vector<StepShare> plan;
  const SchedEntry entries[] = {{.n_pending = 100},
                                {.n_pending = 1, .decoding = true, .table_room = 1}};
  plan_step(entries, {.max_rows = 8, .block_tokens = 4, .n_free_blocks = 100}, plan);
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].entry, 1);
  EXPECT_EQ(plan[0].n_rows, 1);
  EXPECT_EQ(plan[1].n_rows, 7);
}

TEST(StepScheduler, a_sequence_without_a_block_waits) {
  std::vector<StepShare> plan;
  const SchedEntry entries[] = {{.n_pending = 1, .decoding = true, .table_room = 0}};
  plan_step(entries, {.max_rows = 8, .block_tokens = 4, .n_free_blocks = 0}, plan);
  EXPECT_TRUE(plan.empty());
}

TEST(StepScheduler, no_plan_exceeds_rows_or_blocks) {
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::vector<SchedEntry> entries(random() % 10);
    for (SchedEntry& e : entries) {
      e.decoding = random() % 2;
      e.n_pending = e.decoding ? 1 : static_cast<int32_t>(random() % 50);
      e.table_room = static_cast<int32_t>(random() % 8);
    }
    const SchedLimits limits{.max_rows = static_cast<int32_t>(1 + random() % 64),
                             .block_tokens = static_cast<int32_t>(1 + random() % 8),
                             .n_free_blocks = static_cast<int32_t>(random() % 10)};
    std::vector<StepShare> plan;
    plan_step(entries, limits, plan);
    int32_t rows = 0, blocks = 0;
    for (const StepShare& share : plan) {
      const SchedEntry& e = entries[static_cast<size_t>(share.entry)];
      EXPECT_LE(share.n_rows, e.n_pending);
      rows += share.n_rows;
      blocks += (std::max(0, share.n_rows - e.table_room) + limits.block_tokens - 1) /
                limits.block_tokens;
    }
    EXPECT_LE(rows, limits.max_rows);
    EXPECT_LE(blocks, limits.n_free_blocks);
  }
}

}  // namespace
}  // namespace caracal
