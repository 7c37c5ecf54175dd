#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "decode/sampler/dry_breakers.h"
#include "decode/sampler/reference_laws.h"
#include "decode/sampler/steps.h"

namespace caracal {
namespace {

namespace ref = reference;

const std::vector<std::string> kTexts = {"a", "b", "c", "\n", "b\nc", "<b", "r", ">", "", "ab"};

/// Logits after DRY of a row of zeros.
std::vector<float> penalised(const std::vector<int>& history, const SamplingParams& params) {
  const SamplerModel model{
      .n_vocab = static_cast<int32_t>(kTexts.size()), .n_ctx = 4096, .token_texts = kTexts};
  SamplerScratch scratch(model);
  const std::vector<float> row(kTexts.size(), 0.0f);
  scratch.candidates.load(row);
  TokenHistory tokens(model.n_ctx);
  tokens.reset(history);
  make_dry(params, model)->apply(scratch.candidates, {tokens, 0, 0, scratch});
  std::vector<float> out(kTexts.size());
  for (const Candidate& c : scratch.candidates.items()) out[static_cast<size_t>(c.id)] = c.logit;
  return out;
}

SamplingParams dry_params() {
  SamplingParams params;
  params.dry_multiplier = 0.5f;
  params.dry_base = 2;
  return params;
}

TEST(Dry, penalty_grows_exponentially_with_the_length_of_the_repetition) {
  // 0 1 2 then again 0 1: choosing 2 would extend a repetition of two tokens.
  EXPECT_FLOAT_EQ(penalised({0, 1, 2, 6, 0, 1}, dry_params())[2], -0.5f);
  EXPECT_FLOAT_EQ(penalised({5, 0, 1, 2, 6, 5, 0, 1}, dry_params())[2], -1.0f);
  EXPECT_FLOAT_EQ(penalised({7, 5, 0, 1, 2, 6, 7, 5, 0, 1}, dry_params())[2], -2.0f);
  EXPECT_FLOAT_EQ(penalised({1, 2, 6, 1}, dry_params())[2], 0.0f) << "shorter than allowed";
}

TEST(Dry, repetitions_are_not_followed_across_a_breaker_however_tokens_cut_it) {
  SamplingParams params = dry_params();
  params.dry_sequence_breakers = {"<br>"};
  const std::vector<int> history = {5, 6, 7, 0, 1, 2, 0, 5, 6, 7, 0, 1};
  EXPECT_FLOAT_EQ(penalised(history, params)[2], -0.5f) << "two tokens behind the breaker";
  params.dry_sequence_breakers = {};
  EXPECT_FLOAT_EQ(penalised(history, params)[2], -4.0f) << "five tokens without one";
}

TEST(Dry, an_endless_repetition_stays_finite) {
  const std::vector<float> logits = penalised(std::vector<int>(4000, 0), dry_params());
  EXPECT_LE(logits[0], -1e29f);
  EXPECT_TRUE(std::isfinite(logits[0]));
}

TEST(Dry, agrees_with_a_search_over_all_repetitions) {
  EXPECT_TRUE(rc::check([] {
    const auto history = *rc::gen::container<std::vector<int>>(rc::gen::weightedElement<int>(
        {{8, 0}, {8, 1}, {4, 2}, {1, 3}, {1, 4}, {1, 5}, {1, 6}, {1, 7}, {1, 8}, {2, 9}}));
    SamplingParams params = dry_params();
    params.dry_base = 1.25f;
    params.dry_allowed_length = *rc::gen::inRange(1, 4);
    params.dry_sequence_breakers = *rc::gen::elementOf(
        std::vector<std::vector<std::string>>{{}, {"\n"}, {"<br>", "\n"}, {"ba"}});
    params.dry_penalty_last_n = *rc::gen::element(-1, 5, 17);
    const size_t window = params.dry_penalty_last_n < 0
                              ? history.size()
                              : std::min<size_t>(history.size(), params.dry_penalty_last_n);
    const ref::Logits expected =
        ref::dry(ref::Logits(kTexts.size(), 0.0),
                 std::vector<int>(history.end() - static_cast<ptrdiff_t>(window), history.end()),
                 kTexts, params.dry_sequence_breakers, params.dry_multiplier, params.dry_base,
                 static_cast<size_t>(params.dry_allowed_length));
    const std::vector<float> found = penalised(history, params);
    for (size_t t = 0; t < found.size(); ++t) {
      RC_ASSERT(std::abs(found[t] - expected[t]) <= 1e-5 * (1 + std::abs(expected[t])));
    }
  }));
}

TEST(Dry, without_token_texts_breakers_never_match) {
  const DryBreakers breakers({"\n"}, {});
  const std::vector<TokenId> history = {3, 3, 3};
  EXPECT_EQ(breakers.n_behind_last(history), 3u);
  EXPECT_FALSE(breakers.contains_breaker(3));
}

}  // namespace
}  // namespace caracal
