/// Every sampler draws from the law that its formula gives, and the same test notices a wrong one.
#include <gtest/gtest.h>

#include "decode/sampler/chi_square.h"
#include "decode/sampler/reference_laws.h"
#include "decode/sampler/sampler_chain.h"

namespace caracal {
namespace {

namespace ref = reference;

constexpr int kVocab = 48;
constexpr int kDraws = 20000;

std::vector<float> test_logits() {
  std::vector<float> logits;
  for (int i = 0; i < kVocab; ++i) {
    logits.push_back(2.5f * std::sin(1.7f * static_cast<float>(i)) + 0.01f * static_cast<float>(i));
  }
  return logits;
}

ref::Logits raw() {
  const std::vector<float> logits = test_logits();
  return {logits.begin(), logits.end()};
}

const std::vector<int> kHistory = {1, 8, 9, 10, 1, 8, 9, 30, 1, 8, 9};
const std::vector<std::string> kTexts(kVocab, "x");

SamplingParams only(std::vector<std::string> samplers) {
  SamplingParams params;
  params.samplers = std::move(samplers);
  return params;
}

struct LawCase {
  std::string name;
  SamplingParams right;
  SamplingParams wrong;  // the negative control
  std::function<ref::Law()> law;
};

template <class Edit>
SamplingParams changed(SamplingParams params, Edit edit) {
  edit(params);
  return params;
}

/// A case of one step: set(params, value) for the right and for the wrong value.
template <class Set>
LawCase one_step(std::string step, Set set, double right, double wrong,
                 std::function<ref::Law()> law) {
  const auto with = [&](double value) {
    return changed(only({step}), [&](SamplingParams& p) { set(p, static_cast<float>(value)); });
  };
  return {step, with(right), with(wrong), std::move(law)};
}

ref::Law mixed(const ref::Law& a, const ref::Law& b, double share_of_b) {
  ref::Law law;
  for (size_t i = 0; i < a.size(); ++i) law.push_back((1 - share_of_b) * a[i] + share_of_b * b[i]);
  return law;
}

std::vector<LawCase> truncating_cases() {
  return {
      one_step(
          "top_k", [](auto& p, float v) { p.top_k = static_cast<int32_t>(v); }, 8, 9,
          [] { return ref::softmax(ref::top_k(raw(), 8)); }),
      one_step(
          "top_p", [](auto& p, float v) { p.top_p = v; }, 0.8, 0.9,
          [] { return ref::softmax(ref::top_p(raw(), 0.8)); }),
      one_step(
          "min_p", [](auto& p, float v) { p.min_p = v; }, 0.2, 0.1,
          [] { return ref::softmax(ref::min_p(raw(), 0.2)); }),
      one_step(
          "typ_p", [](auto& p, float v) { p.typ_p = v; }, 0.6, 0.7,
          [] { return ref::softmax(ref::typical(raw(), 0.6)); }),
      one_step(
          "top_n_sigma", [](auto& p, float v) { p.top_n_sigma = v; }, 1.0, 1.3,
          [] { return ref::softmax(ref::top_n_sigma(raw(), 1.0)); }),
      one_step(
          "xtc",
          [](auto& p, float v) {
            p.xtc_threshold = 0.05f;
            p.xtc_probability = v;
          },
          0.5, 0.4,
          [] {
            const ref::Law acting = ref::softmax(ref::xtc_acting(raw(), 0.05));
            return mixed(ref::softmax(raw()), acting, 0.5);
          }),
  };
}

std::vector<LawCase> scaling_cases() {
  LawCase dynamic{"dynamic_temperature", only({"temperature"}), {}, [] {
                    return ref::softmax(ref::dynamic_temperature(raw(), 1.0, 0.5, 3.0));
                  }};
  dynamic.right.temp = 1;
  dynamic.right.dynatemp_range = 0.5f;
  dynamic.right.dynatemp_exponent = 3;
  dynamic.wrong = changed(dynamic.right, [](auto& p) { p.dynatemp_exponent = 1; });

  LawCase mirostat{"mirostat", {}, {}, [] {
                     return ref::softmax(ref::mirostat(ref::temperature(raw(), 0.8f), 4));
                   }};
  mirostat.right.mirostat = 2;
  mirostat.right.mirostat_tau = 2;
  mirostat.wrong = changed(mirostat.right, [](auto& p) { p.mirostat_tau = 2.3f; });

  return {one_step(
              "temperature", [](auto& p, float v) { p.temp = v; }, 0.7, 0.75,
              [] { return ref::softmax(ref::temperature(raw(), 0.7f)); }),
          dynamic, mirostat};
}

std::vector<LawCase> history_cases() {
  LawCase penalties{"penalties", only({"penalties"}), {}, [] {
                      return ref::softmax(ref::penalties(raw(), kHistory, 1.3, 0.2, 0.4));
                    }};
  penalties.right.repeat_penalty = 1.3f;
  penalties.right.frequency_penalty = 0.2f;
  penalties.right.presence_penalty = 0.4f;
  penalties.wrong = changed(penalties.right, [](auto& p) { p.frequency_penalty = 0; });

  LawCase dry{"dry", only({"dry"}), {}, [] {
                return ref::softmax(ref::dry(raw(), kHistory, kTexts, {"\n"}, 0.8, 1.75, 2));
              }};
  dry.right.dry_multiplier = 0.8f;
  dry.wrong = changed(dry.right, [](auto& p) { p.dry_base = 1.0f; });
  return {penalties, dry};
}

ref::Logits biased() {
  ref::Logits logits = raw();
  logits[3] += 2;
  logits[7] = ref::kOut;
  return ref::only(logits, std::vector<size_t>{3, 4, 7, 8, 9, 20, 21});
}

std::vector<LawCase> chain_cases() {
  LawCase bias{"bias_and_bans", only({}), {}, [] { return ref::softmax(biased()); }};
  bias.right.logit_bias = {{3, 2.0f}};
  bias.right.banned_token_ids = {7};
  bias.right.allowed_token_ids = {21, 20, 9, 8, 7, 4, 3, 3};
  bias.wrong = changed(bias.right, [](auto& p) { p.logit_bias[0].bias = 1.8f; });

  LawCase default_chain{"default_chain", {}, {}, [] {
                          const ref::Logits kept =
                              ref::min_p(ref::top_p(ref::top_k(raw(), 40), 0.95f), 0.05f);
                          return ref::softmax(ref::temperature(kept, 0.8f));
                        }};
  default_chain.wrong = changed({}, [](auto& p) { p.temp = 0.9f; });

  LawCase order{"order_of_steps", only({"temperature", "top_p"}), {}, [] {
                  return ref::softmax(ref::top_p(ref::temperature(raw(), 0.5f), 0.9f));
                }};
  order.right.temp = 0.5f;
  order.right.top_p = 0.9f;
  order.wrong = changed(order.right, [](auto& p) { p.samplers = {"top_p", "temperature"}; });
  return {bias, default_chain, order};
}

std::vector<LawCase> all_cases() {
  std::vector<LawCase> cases;
  for (const auto& part : {truncating_cases(), scaling_cases(), history_cases(), chain_cases()}) {
    cases.insert(cases.end(), part.begin(), part.end());
  }
  return cases;
}

/// Counts of kDraws draws for the token after kHistory, each with a seed of its own.
std::vector<int64_t> draw_with_many_seeds(SamplingParams params, int n_draws = kDraws) {
  const SamplerModel model{.n_vocab = kVocab, .n_ctx = 64, .token_texts = kTexts};
  SamplerScratch scratch(model);
  const std::vector<float> logits = test_logits();
  std::vector<int64_t> counts(kVocab, 0);
  for (int seed = 0; seed < n_draws; ++seed) {
    params.seed = seed;
    SamplerChain chain(params, model);
    chain.reset(kHistory);
    ++counts[static_cast<size_t>(chain.sample(logits, scratch).token)];
  }
  return counts;
}

class SamplerLaw : public testing::TestWithParam<LawCase> {};

TEST_P(SamplerLaw, draws_follow_the_formula_and_a_wrong_sampler_is_noticed) {
  const double significance = 1e-3 / static_cast<double>(all_cases().size());  // Bonferroni
  const ref::Law law = GetParam().law();
  EXPECT_GT(chi_square_p_value(draw_with_many_seeds(GetParam().right), law), significance);
  EXPECT_LT(chi_square_p_value(draw_with_many_seeds(GetParam().wrong), law), significance);
}

TEST_P(SamplerLaw, distribution_gives_the_probabilities_of_the_formula) {
  const SamplerModel model{.n_vocab = kVocab, .n_ctx = 64, .token_texts = kTexts};
  SamplerScratch scratch(model);
  SamplingParams params = GetParam().right;
  ref::Law expected = GetParam().law();
  if (params.xtc_probability > 0) {  // given its coin, XTC acts or does not: no mixture here
    params.xtc_probability = 1;
    expected = ref::softmax(ref::xtc_acting(raw(), params.xtc_threshold));
  }
  SamplerChain chain(params, model);
  chain.reset(kHistory);
  const std::vector<float> logits = test_logits();
  const Distribution law = chain.distribution(logits, scratch);
  for (int id = 0; id < kVocab; ++id) {
    EXPECT_NEAR(law.p_of(id), expected[static_cast<size_t>(id)], 1e-6) << "token " << id;
  }
}

INSTANTIATE_TEST_SUITE_P(All, SamplerLaw, testing::ValuesIn(all_cases()),
                         [](const auto& info) { return info.param.name; });

TEST(SamplerLawOverPositions, one_sequence_draws_independently_from_token_to_token) {
  SamplingParams params = only({"top_k"});
  params.top_k = 6;
  params.seed = 11;
  const SamplerModel model{.n_vocab = kVocab, .n_ctx = 64};
  SamplerScratch scratch(model);
  SamplerChain chain(params, model);
  const std::vector<float> logits = test_logits();
  const ref::Law law = ref::softmax(ref::top_k(raw(), 6));
  std::vector<int64_t> counts(kVocab * kVocab, 0);  // of pairs of neighbours
  std::vector<double> pair_law;
  for (const double a : law) {
    for (const double b : law) pair_law.push_back(a * b);
  }
  const auto next = [&] {
    const TokenId token = chain.sample(logits, scratch).token;
    chain.accept(token);
    return static_cast<size_t>(token);
  };
  for (int i = 0; i < kDraws; ++i) {
    const size_t a = next(), b = next();
    ++counts[a * kVocab + b];
  }
  EXPECT_GT(chi_square_p_value(counts, pair_law), 1e-3);
}

TEST(ChiSquare, tail_matches_published_quantiles) {
  EXPECT_NEAR(gamma_q(0.5, 10.828 / 2), 1e-3, 1e-6);  // 1 degree of freedom
  EXPECT_NEAR(gamma_q(5, 29.588 / 2), 1e-3, 1e-6);    // 10
  EXPECT_NEAR(gamma_q(15, 43.773 / 2), 0.05, 1e-5);   // 30
  EXPECT_NEAR(gamma_q(50, 77.929 / 2), 0.95, 1e-5);   // 100
}

TEST(ChiSquare, impossible_draws_are_rejected_outright) {
  const std::vector<int64_t> counts = {50, 50, 1};
  const std::vector<double> law = {0.5, 0.5, 0};
  EXPECT_EQ(chi_square_p_value(counts, law), 0);
}

}  // namespace
}  // namespace caracal
