#include "machine/thread_team.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace caracal {
namespace {

TEST(ThreadTeam, every_member_runs_each_job_once) {
  for (int32_t n : {1, 2, 5}) {
    ThreadTeam team(n);
    std::vector<int> calls(static_cast<size_t>(n), 0);
    for (int job = 0; job < 200; ++job)
      team.run([&](int32_t t) { ++calls[static_cast<size_t>(t)]; });
    for (int c : calls) EXPECT_EQ(c, 200);
  }
}

TEST(ThreadTeam, a_barrier_separates_what_lies_before_from_what_lies_after) {
  constexpr int kMembers = 4, kRounds = 500;
  ThreadTeam team(kMembers);
  std::vector<int> value(kMembers, 0);
  std::atomic<int> wrong{0};
  int lasts = 0;
  team.run([&](int32_t t) {
    for (int round = 1; round <= kRounds; ++round) {
      value[static_cast<size_t>(t)] = round;
      team.barrier([&] { ++lasts; });
      if (std::accumulate(value.begin(), value.end(), 0) != round * kMembers) ++wrong;
      team.barrier([] {});
    }
  });
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_EQ(lasts, kRounds);
}

TEST(ThreadTeam, parallel_for_covers_the_range_once) {
  ThreadTeam team(3);
  std::vector<int> hits(1001, 0);
  parallel_for(team, 1001, 7, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) ++hits[static_cast<size_t>(i)];
  });
  EXPECT_EQ(std::accumulate(hits.begin(), hits.end(), 0), 1001);
  EXPECT_EQ(*std::max_element(hits.begin(), hits.end()), 1);
}

TEST(Machine, at_least_one_thread_is_available) { EXPECT_GE(available_threads(), 1); }

}  // namespace
}  // namespace caracal
