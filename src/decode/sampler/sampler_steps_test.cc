/// Defining properties of the steps, over random logits with ties and impossible tokens.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

#include "base/rng.h"
#include "decode/sampler/reference_laws.h"
#include "decode/sampler/registry.h"
#include "decode/sampler/steps.h"

namespace caracal {
namespace {

namespace ref = reference;

std::vector<float> random_logits() {
  const auto quarters =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(-41, 41)));
  std::vector<float> logits;
  for (const int q : quarters) logits.push_back(q == -41 ? kRemoved : static_cast<float>(q) / 4);
  return logits;
}

bool any_possible(const std::vector<float>& logits) {
  return std::any_of(logits.begin(), logits.end(), [](float x) { return x != kRemoved; });
}

/// One step applied to one row. listed: whether the candidates are a list already.
struct Bench {
  explicit Bench(std::vector<float> row, bool listed = false)
      : logits(std::move(row)),
        model{.n_vocab = static_cast<int32_t>(logits.size()), .n_ctx = 32},
        scratch(model) {
    scratch.candidates.load(logits);
    if (listed) scratch.candidates.items();
  }
  void apply(MakeStep make, const SamplingParams& params) {
    if (const StepPtr step = make(params, model)) {
      step->apply(scratch.candidates, {history, 1, position, scratch});
    }
  }
  std::vector<TokenId> kept() {
    std::vector<TokenId> ids;
    for (const Candidate& c : scratch.candidates.items()) ids.push_back(c.id);
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  ref::Logits reference() const { return {logits.begin(), logits.end()}; }

  std::vector<float> logits;
  SamplerModel model;
  SamplerScratch scratch;
  TokenHistory history{32};
  int64_t position = 0;
};

std::vector<TokenId> ids_in(const ref::Logits& logits) {
  std::vector<TokenId> ids;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (logits[i] != ref::kOut) ids.push_back(static_cast<TokenId>(i));
  }
  return ids;
}

TEST(TopK, keeps_exactly_the_k_highest_and_of_equals_the_lowest_ids) {
  EXPECT_TRUE(rc::check([] {
    Bench bench(random_logits(), *rc::gen::arbitrary<bool>());
    SamplingParams params;
    params.top_k = *rc::gen::inRange(1, 30);
    bench.apply(make_top_k, params);
    RC_ASSERT(bench.kept() ==
              ids_in(ref::top_k(bench.reference(), static_cast<size_t>(params.top_k))));
  }));
}

TEST(TopK, heap_over_blocks_and_selection_in_a_list_agree_on_a_long_row) {
  std::vector<float> row(10007);
  for (size_t i = 0; i < row.size(); ++i) row[i] = static_cast<float>((i * 7919) % 997) * 0.01f;
  for (const int k : {1, 2, 40, 1000, 1023, 1024, 1025, 5000}) {
    SamplingParams params;
    params.top_k = k;
    Bench dense(row), listed(row, true);
    dense.apply(make_top_k, params);
    listed.apply(make_top_k, params);
    const std::span<Candidate> a = dense.scratch.candidates.items();
    const std::span<Candidate> b = listed.scratch.candidates.items();
    ASSERT_EQ(a.size(), static_cast<size_t>(k));
    ASSERT_EQ(b.size(), a.size());
    for (size_t i = 0; i < a.size(); ++i) ASSERT_EQ(a[i].id, b[i].id) << "place " << i;
  }
}

TEST(TopP, keeps_the_smallest_set_of_likeliest_tokens_that_reaches_p) {
  EXPECT_TRUE(rc::check([] {
    Bench bench(random_logits());
    RC_PRE(any_possible(bench.logits));
    SamplingParams params;
    params.top_p = static_cast<float>(*rc::gen::inRange(0, 100)) / 100;
    const ref::Law p = ref::softmax(bench.reference());
    bench.apply(make_top_p, params);
    const std::vector<TokenId> kept = bench.kept();
    RC_ASSERT(!kept.empty());
    double mass = 0, least = 1, greatest_dropped = 0;
    for (const TokenId id : kept) {
      mass += p[static_cast<size_t>(id)];
      least = std::min(least, p[static_cast<size_t>(id)]);
    }
    for (size_t i = 0; i < p.size(); ++i) {
      const bool is_kept = std::binary_search(kept.begin(), kept.end(), static_cast<TokenId>(i));
      if (!is_kept) greatest_dropped = std::max(greatest_dropped, p[i]);
    }
    constexpr double kRounding = 1e-5;
    RC_ASSERT(mass >= params.top_p - kRounding);
    RC_ASSERT(kept.size() == 1 || mass - least < params.top_p + kRounding);
    RC_ASSERT(greatest_dropped <= least + kRounding);
  }));
}

TEST(TopP, finds_a_nucleus_wider_than_its_first_looks) {
  Bench bench(std::vector<float>(5000, 0.0f));
  SamplingParams params;
  params.top_p = 0.5f;
  bench.apply(make_top_p, params);
  const std::vector<TokenId> kept = bench.kept();
  EXPECT_NEAR(static_cast<double>(kept.size()), 2500, 2);
  EXPECT_EQ(kept.back(), static_cast<TokenId>(kept.size()) - 1) << "of equals the lowest ids";
}

TEST(MinP, keeps_what_is_at_least_p_times_as_likely_as_the_best) {
  EXPECT_TRUE(rc::check([] {
    Bench bench(random_logits(), *rc::gen::arbitrary<bool>());
    RC_PRE(any_possible(bench.logits));
    SamplingParams params;
    params.min_p = static_cast<float>(*rc::gen::inRange(1, 100)) / 101;  // no tie with quarters
    bench.apply(make_min_p, params);
    RC_ASSERT(bench.kept() == ids_in(ref::min_p(bench.reference(), params.min_p)));
  }));
}

TEST(TopNSigma, keeps_logits_within_n_deviations_of_the_best) {
  EXPECT_TRUE(rc::check([] {
    Bench bench(random_logits(), *rc::gen::arbitrary<bool>());
    RC_PRE(any_possible(bench.logits));
    SamplingParams params;
    params.top_n_sigma = 0.1713f + static_cast<float>(*rc::gen::inRange(0, 40)) * 0.0917f;
    bench.apply(make_top_n_sigma, params);
    RC_ASSERT(bench.kept() == ids_in(ref::top_n_sigma(bench.reference(), params.top_n_sigma)));
  }));
}

TEST(Typical, keeps_a_set_nearest_to_the_expected_surprise_that_reaches_p) {
  EXPECT_TRUE(rc::check([] {
    Bench bench(random_logits());
    RC_PRE(any_possible(bench.logits));
    SamplingParams params;
    params.typ_p = 0.00317f + static_cast<float>(*rc::gen::inRange(0, 99)) / 100;
    const ref::Law p = ref::softmax(bench.reference());
    const double h = ref::entropy(p);
    const auto strangeness = [&](size_t i) { return std::abs(-std::log(p[i]) - h); };
    bench.apply(make_typical, params);
    const std::vector<TokenId> kept = bench.kept();
    double mass = 0, strangest = 0;
    for (const TokenId id : kept) {
      mass += p[static_cast<size_t>(id)];
      strangest = std::max(strangest, strangeness(static_cast<size_t>(id)));
    }
    RC_ASSERT(mass >= params.typ_p - 1e-5);
    for (size_t i = 0; i < p.size(); ++i) {
      const bool is_kept = std::binary_search(kept.begin(), kept.end(), static_cast<TokenId>(i));
      RC_ASSERT(is_kept || p[i] == 0 || strangeness(i) >= strangest - 1e-5);
    }
  }));
}

TEST(Xtc, leaves_the_least_likely_top_choice_and_all_below_and_never_nothing) {
  EXPECT_TRUE(rc::check([] {
    Bench bench(random_logits());
    RC_PRE(any_possible(bench.logits));
    SamplingParams params;
    params.xtc_probability = 1;
    params.xtc_threshold = 0.0137f + static_cast<float>(*rc::gen::inRange(0, 40)) * 0.01f;
    const ref::Logits expected = ref::xtc_acting(bench.reference(), params.xtc_threshold);
    bench.apply(make_xtc, params);
    RC_ASSERT(bench.kept() == ids_in(expected));
    RC_ASSERT(!bench.kept().empty());
  }));
}

TEST(Xtc, acts_as_often_as_its_probability_says) {
  Bench bench({1, 1, 1, -3});
  SamplingParams params;
  params.xtc_probability = 0.3f;
  int acted = 0;
  constexpr int kSteps = 20000;
  for (bench.position = 0; bench.position < kSteps; ++bench.position) {
    bench.scratch.candidates.load(bench.logits);
    bench.apply(make_xtc, params);
    acted += bench.kept().size() == 2;
  }
  EXPECT_NEAR(acted, 0.3 * kSteps, 4 * std::sqrt(0.21 * kSteps));
}

TEST(Penalties, follow_their_formula_in_a_row_and_in_a_list) {
  EXPECT_TRUE(rc::check([] {
    Bench bench(random_logits(), *rc::gen::arbitrary<bool>());
    RC_PRE(any_possible(bench.logits));
    const auto n_vocab = static_cast<int>(bench.logits.size());
    const auto tokens = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, n_vocab));
    SamplingParams params;
    params.repeat_penalty = *rc::gen::element(0.5f, 1.0f, 1.25f, 2.0f);
    params.frequency_penalty = *rc::gen::element(-0.5f, 0.0f, 0.25f);
    params.presence_penalty = *rc::gen::element(-0.5f, 0.0f, 0.75f);
    params.repeat_last_n = *rc::gen::inRange(-1, 40);
    bench.history.reset(tokens);
    bench.apply(make_penalties, params);
    const auto wanted = params.repeat_last_n < 0 ? 32 : std::min(params.repeat_last_n, 32);
    const auto n = std::min(static_cast<ptrdiff_t>(tokens.size()), ptrdiff_t{wanted});
    const ref::Logits expected =
        ref::penalties(bench.reference(), std::vector<int>(tokens.end() - n, tokens.end()),
                       params.repeat_penalty, params.frequency_penalty, params.presence_penalty);
    for (const Candidate& c : bench.scratch.candidates.items()) {
      RC_ASSERT(std::abs(c.logit - expected[static_cast<size_t>(c.id)]) < 1e-4);
    }
  }));
}

TEST(Mirostat, surprise_converges_to_its_target) {
  std::vector<float> zipf;
  for (int i = 0; i < 2000; ++i) zipf.push_back(-1.05f * std::log(static_cast<float>(i + 1)));
  Bench bench(zipf);
  SamplingParams params;
  params.mirostat_tau = 4;
  const StepPtr step = make_mirostat(params, bench.model);
  step->reset(0);
  Rng rng(5);
  double surprise = 0;
  constexpr int kWarm = 500, kSteps = 6000;
  for (int i = 0; i < kSteps; ++i) {
    bench.scratch.candidates.load(bench.logits);
    step->apply(bench.scratch.candidates, {bench.history, 1, i, bench.scratch});
    double u = rng.uniform();
    float p = 0;
    for (const Candidate& c : bench.scratch.candidates.softmax()) {
      p = c.p;
      if ((u -= c.p) < 0) break;
    }
    step->accept(i, p);
    if (i >= kWarm) surprise -= std::log2(p);
  }
  EXPECT_NEAR(surprise / (kSteps - kWarm), 4, 0.05);
}

SamplingParams everything_on() {
  SamplingParams params;
  params.repeat_penalty = 1.2f;
  params.dry_multiplier = 0.7f;
  params.top_n_sigma = 1.5f;
  params.typ_p = 0.8f;
  params.xtc_probability = 1;
  params.top_k = 5;
  return params;
}

class EveryStep : public testing::TestWithParam<SamplerStepInfo> {};

TEST_P(EveryStep, leaves_some_of_the_candidates_and_treats_row_and_list_alike) {
  EXPECT_TRUE(rc::check([&] {
    const std::vector<float> row = random_logits();
    RC_PRE(any_possible(row));
    SamplingParams params = everything_on();
    params.min_keep = *rc::gen::inRange(0, 5);
    const auto tokens = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
    std::vector<std::vector<TokenId>> kept;
    for (const bool listed : {false, true}) {
      Bench bench(row, listed);
      bench.history.reset(tokens);
      const size_t before = ids_in(bench.reference()).size();
      bench.apply(GetParam().make, params);
      kept.push_back(bench.kept());
      RC_ASSERT(kept.back().size() >= std::min<size_t>(before, std::max(params.min_keep, 1)));
      RC_ASSERT(kept.back().size() <= before);
      for (const TokenId id : kept.back()) RC_ASSERT(row[static_cast<size_t>(id)] != kRemoved);
    }
    RC_ASSERT(kept[0] == kept[1]);
  }));
}

TEST_P(EveryStep, that_claims_to_keep_the_best_does) {
  EXPECT_TRUE(rc::check([&] {
    Bench bench(random_logits());
    const StepPtr step = GetParam().make(everything_on(), bench.model);
    if (!step || !step->keeps_best()) return;
    const TokenId best = bench.scratch.candidates.best();
    step->apply(bench.scratch.candidates, {bench.history, 1, 0, bench.scratch});
    RC_ASSERT(bench.scratch.candidates.best() == best);
  }));
}

TEST_P(EveryStep, survives_an_empty_set) {
  Bench bench(std::vector<float>(9, kRemoved));
  bench.apply(GetParam().make, everything_on());
  EXPECT_TRUE(bench.kept().empty());
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryStep,
                         testing::ValuesIn(sampler_steps().begin(), sampler_steps().end()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace caracal
