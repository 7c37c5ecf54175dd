#include "cli/transfer_line.h"

#include <gtest/gtest.h>

namespace caracal::cli {
namespace {

using namespace std::chrono_literals;

TEST(TransferText, shows_share_amount_rate_and_time_left) {
  EXPECT_EQ(transfer_text(50'000'000, 100'000'000, 10e6),
            "[############------------]  50 %  50 of 100 MB  10.0 MB/s  0:05 left");
  EXPECT_EQ(transfer_text(0, 7'325'000'000, 1e6),
            "[------------------------]   0 %  0 of 7325 MB  1.0 MB/s  2:02:05 left");
  EXPECT_EQ(transfer_text(5'000'000, 0, 2e6), "5 MB  2.0 MB/s");
  EXPECT_EQ(transfer_text(9, 8, 0), "[########################] 100 %  0 of 0 MB");
}

TEST(TransferRate, is_that_of_the_last_seconds) {
  TransferRate rate;
  const TransferRate::Clock::time_point start{};
  rate.add(start, 0);
  EXPECT_EQ(rate.bytes_per_s(), 0);
  for (int s = 1; s <= 10; ++s) rate.add(start + s * 1s, static_cast<uint64_t>(s) * 100);
  EXPECT_DOUBLE_EQ(rate.bytes_per_s(), 100);
  for (int s = 11; s <= 20; ++s) rate.add(start + s * 1s, 1000 + static_cast<uint64_t>(s) * 7);
  EXPECT_DOUBLE_EQ(rate.bytes_per_s(), 7);
  rate.add(start + 21s, 5);  // the download began again
  EXPECT_EQ(rate.bytes_per_s(), 0);
}

}  // namespace
}  // namespace caracal::cli
