#include "decode/sampler/logprobs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/rng.h"
#include "decode/sampler/reference_laws.h"

namespace caracal {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

TEST(Logprobs, are_the_logarithms_of_the_raw_softmax_best_first) {
  Rng rng(3);
  std::vector<float> logits;
  for (int i = 0; i < 300; ++i) logits.push_back(static_cast<float>(20 * rng.uniform() - 10));
  const reference::Logits exact(logits.begin(), logits.end());
  const reference::Law p = reference::softmax(exact);
  const std::vector<size_t> order = reference::likeliest_first(exact);
  Logprobs out;
  ASSERT_TRUE(compute_logprobs(logits, 17, 20, out));
  ASSERT_EQ(out.top.size(), 20u);
  for (size_t i = 0; i < out.top.size(); ++i) {
    EXPECT_EQ(out.top[i].id, static_cast<TokenId>(order[i]));
    EXPECT_EQ(out.top[i].rank, static_cast<int32_t>(i) + 1);
    EXPECT_NEAR(out.top[i].logprob, std::log(p[order[i]]), 1e-5);
  }
  EXPECT_EQ(out.chosen.id, 17);
  EXPECT_NEAR(out.chosen.logprob, std::log(p[17]), 1e-5);
  const auto place = std::find(order.begin(), order.end(), 17u) - order.begin();
  EXPECT_EQ(out.chosen.rank, place + 1);
}

TEST(Logprobs, equals_share_a_rank_and_come_by_id) {
  const std::vector<float> logits = {1, 3, 3, 0, 1};
  Logprobs out;
  ASSERT_TRUE(compute_logprobs(logits, 4, 4, out));
  std::vector<std::pair<TokenId, int32_t>> top;
  for (const TokenLogprob& entry : out.top) top.emplace_back(entry.id, entry.rank);
  const std::vector<std::pair<TokenId, int32_t>> expected = {{1, 1}, {2, 1}, {0, 3}, {4, 3}};
  EXPECT_EQ(top, expected);
  EXPECT_EQ(out.chosen.rank, 3);
}

TEST(Logprobs, impossible_tokens_have_minus_infinity_and_bad_rows_are_refused) {
  Logprobs out;
  ASSERT_TRUE(compute_logprobs(std::vector<float>{-kInf, 0}, 0, 5, out));
  EXPECT_EQ(out.chosen.logprob, -kInf);
  ASSERT_EQ(out.top.size(), 2u) << "no more than the vocabulary has";
  EXPECT_EQ(out.top[0].logprob, 0);
  EXPECT_FALSE(compute_logprobs(std::vector<float>{-kInf, -kInf}, 0, 1, out));
  EXPECT_FALSE(compute_logprobs(std::vector<float>{0, std::nanf("")}, 0, 1, out));
  EXPECT_FALSE(compute_logprobs(std::vector<float>{0, kInf}, 0, 1, out));
  EXPECT_FALSE(compute_logprobs(std::vector<float>{0, 1}, 2, 1, out));
  EXPECT_FALSE(compute_logprobs({}, 0, 1, out));
}

}  // namespace
}  // namespace caracal
