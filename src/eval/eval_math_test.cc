/// The definitions: log-softmax, perplexity, KL, percentiles, intervals.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "eval/kl_divergence.h"
#include "eval/log_softmax.h"
#include "eval/perplexity.h"
#include "eval/statistics.h"

namespace caracal {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<float> logs_of(std::initializer_list<double> probabilities, double shift = 0) {
  std::vector<float> out;
  for (double p : probabilities) out.push_back(static_cast<float>(std::log(p) + shift));
  return out;
}

TEST(LogSoftmax, gives_the_logarithms_of_known_probabilities_whatever_the_shift) {
  for (double shift : {0.0, 80.0, -80.0}) {
    const auto logits = logs_of({0.5, 0.25, 0.125, 0.125}, shift);
    EXPECT_NEAR(log_prob(logits, 0), std::log(0.5), 1e-5);
    EXPECT_NEAR(log_prob(logits, 3), std::log(0.125), 1e-5);
    EXPECT_NEAR(log_sum_exp(logits), shift, 1e-5);
  }
}

TEST(LogSoftmax, neither_overflows_nor_loses_a_long_tail) {
  EXPECT_NEAR(log_sum_exp(std::vector<float>{3e38f, 3e38f}), 3e38, 1e32);
  // A million tokens of e^-20 each: summed in float behind a 1 they would vanish.
  std::vector<float> tail(1'000'001, -20);
  tail[0] = 0;
  EXPECT_NEAR(log_sum_exp(tail), std::log1p(1e6 * std::exp(-20.0)), 1e-10);
}

TEST(LogSoftmax, minus_infinity_is_probability_zero) {
  const std::vector<float> logits = {0, -kInf, 0};
  EXPECT_DOUBLE_EQ(log_prob(logits, 0), std::log(0.5));
  EXPECT_EQ(log_prob(logits, 1), -kInf);
}

TEST(LogSoftmax, the_lowest_of_equal_tokens_is_on_top) {
  EXPECT_EQ(top_token(std::vector<float>{1, 3, 3, 2}), 1);
}

TEST(Perplexity, of_a_uniform_guess_is_the_number_of_choices) {
  PerplexityMeter meter;
  for (int i = 0; i < 10; ++i) meter.add(std::log(64.0));
  EXPECT_NEAR(meter.ppl(), 64, 1e-9);
  EXPECT_NEAR(meter.nll_sum(), 10 * std::log(64.0), 1e-9);
  EXPECT_NEAR(meter.standard_error(), 0, 1e-6);
  EXPECT_EQ(meter.n_tokens(), 10);
}

TEST(Perplexity, error_is_that_of_the_mean_to_first_order) {
  PerplexityMeter meter;
  for (double nll : {1.0, 2.0, 3.0}) meter.add(nll);
  EXPECT_NEAR(meter.standard_error(), std::exp(2.0) * 1 / std::sqrt(3.0), 1e-12);
}

TEST(MeanMeter, keeps_its_digits_far_from_zero) {
  MeanMeter meter;
  for (double value : {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}) meter.add(value);
  EXPECT_DOUBLE_EQ(meter.mean(), 1e9 + 10);
  EXPECT_DOUBLE_EQ(meter.variance(), 30);
}

TEST(Percentile, is_numpys_default) {
  const std::vector<double> sorted = {1, 2, 4, 8};
  EXPECT_DOUBLE_EQ(percentile(sorted, 0), 1);
  EXPECT_DOUBLE_EQ(percentile(sorted, 0.5), 3);
  EXPECT_DOUBLE_EQ(percentile(sorted, 0.99), 7.88);
  EXPECT_DOUBLE_EQ(percentile(sorted, 1), 8);
  EXPECT_DOUBLE_EQ(percentile(std::vector<double>{5}, 0.99), 5);
}

TEST(WilsonInterval, has_the_textbook_values) {
  const Interval half = wilson_interval(50, 100);
  EXPECT_NEAR(half.low, 0.4038, 1e-4);
  EXPECT_NEAR(half.high, 0.5962, 1e-4);
  const Interval none = wilson_interval(0, 10);
  EXPECT_DOUBLE_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 0.2775, 1e-4);
}

TEST(KlDivergence, of_known_distributions) {
  const auto p = logs_of({0.5, 0.5});
  const auto q = logs_of({0.25, 0.75}, 7);
  EXPECT_NEAR(kl_divergence(p, q), 0.5 * std::log(2.0) + 0.5 * std::log(2.0 / 3), 1e-6);
  EXPECT_NEAR(kl_divergence(q, p), 0.25 * std::log(0.5) + 0.75 * std::log(1.5), 1e-6);
}

TEST(KlDivergence, counts_nothing_where_the_base_has_no_probability) {
  const std::vector<float> p = {0, -kInf};
  const std::vector<float> q = {0, 0};
  EXPECT_NEAR(kl_divergence(p, q), std::log(2.0), 1e-12);
  EXPECT_EQ(kl_divergence(q, p), kInf);
}

TEST(KlDivergence, takes_an_unknown_tail_as_one_event) {
  // p = (0.6, 0.3, 0.1 shared by two), q = (0.5, 0.3, 0.2 together).
  std::vector<float> p = logs_of({0.6, 0.3});
  p.insert(p.end(), {-kInf, -kInf});
  const auto q = logs_of({0.5, 0.3, 0.15, 0.05});
  EXPECT_NEAR(kl_divergence(p, q, 0.1), 0.6 * std::log(1.2) + 0.1 * std::log(0.5), 1e-6);
  // Never more than the KL of a tail that is known.
  EXPECT_LT(kl_divergence(p, q, 0.1), kl_divergence(logs_of({0.6, 0.3, 0.02, 0.08}), q));
  EXPECT_NEAR(compare_rows(p, q, 1, 0.1).base_nll, -std::log(0.3), 1e-6);
}

RC_GTEST_PROP(KlDivergence, is_zero_for_equals_and_never_negative, ()) {
  const auto n = *rc::gen::inRange(1, 40);
  const auto draw = [&] {
    return *rc::gen::container<std::vector<float>>(
        static_cast<size_t>(n),
        rc::gen::map(rc::gen::inRange(-3000, 3000), [](int v) { return 0.01f * float(v); }));
  };
  const auto p = draw(), q = draw();
  RC_ASSERT(kl_divergence(p, q) >= 0);
  RC_ASSERT(kl_divergence(p, p) < 1e-12);
  auto shifted = p;
  for (float& v : shifted) v += 2;
  RC_ASSERT(std::fabs(kl_divergence(shifted, q) - kl_divergence(p, q)) < 1e-3);
}

TEST(KlMeter, sees_nothing_between_a_model_and_itself) {
  KlMeter meter;
  const auto row = logs_of({0.1, 0.7, 0.2});
  for (TokenId target : {0, 1, 2, 1}) meter.add(compare_rows(row, row, target));
  EXPECT_NEAR(meter.mean(), 0, 1e-12);
  EXPECT_NEAR(meter.max(), 0, 1e-12);
  EXPECT_DOUBLE_EQ(meter.top1_agreement(), 1);
  EXPECT_DOUBLE_EQ(meter.ppl_ratio(), 1);
  EXPECT_DOUBLE_EQ(meter.ppl_ratio_standard_error(), 0);
  EXPECT_DOUBLE_EQ(meter.rms_delta_p(), 0);
  EXPECT_EQ(meter.n_tokens(), 4);
}

TEST(KlMeter, ratio_is_that_of_the_two_perplexities) {
  KlMeter meter;
  meter.add(compare_rows(logs_of({0.5, 0.5}), logs_of({0.25, 0.75}), 0));
  meter.add(compare_rows(logs_of({0.9, 0.1}), logs_of({0.3, 0.7}), 0));
  EXPECT_NEAR(meter.ppl_ratio(), meter.model().ppl() / meter.base().ppl(), 1e-9);
  EXPECT_NEAR(meter.base().ppl(), 1 / std::sqrt(0.5 * 0.9), 1e-5);
  EXPECT_DOUBLE_EQ(meter.top1_agreement(), 0);  // a tie goes to the lower id
  EXPECT_NEAR(meter.rms_delta_p(), std::sqrt((0.0625 + 0.36) / 2), 1e-5);
}

}  // namespace
}  // namespace caracal
