/// Nothing is allocated in a warm step.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/counting_new.h"
#include "decode/sampler/logprobs.h"
#include "decode/sampler/sampler_chain.h"

namespace caracal {
namespace {

SamplingParams everything_on() {
  SamplingParams params;
  params.seed = 5;
  params.repeat_penalty = 1.1f;
  params.repeat_last_n = -1;
  params.dry_multiplier = 0.5f;
  params.top_n_sigma = 3;
  params.typ_p = 0.95f;
  params.xtc_probability = 0.5f;
  params.xtc_threshold = 0.01f;
  params.dynatemp_range = 0.3f;
  params.logit_bias = {{3, 1.0f}};
  params.min_tokens = 10;
  params.stop_token_ids = {1};
  return params;
}

/// Allocations of 600 steps, with drafts taken back, after the first.
int64_t allocations_of(const SamplingParams& params) {
  constexpr int kVocab = 3000;
  const std::vector<std::string> texts(kVocab, "word");
  const SamplerModel model{.n_vocab = kVocab, .n_ctx = 256, .token_texts = texts};
  SamplerScratch scratch(model);
  SamplerChain chain(params, model);
  std::vector<float> row;
  for (int i = 0; i < kVocab; ++i) row.push_back(5 * std::sin(static_cast<float>(i)));
  Logprobs logprobs;
  logprobs.top.reserve(20);

  int64_t before = 0;
  for (int step = 0; step < 600; ++step) {
    if (step == 1) before = n_allocations;
    const Sampled sampled = chain.sample(row, scratch);
    chain.accept(sampled.token);
    chain.distribution(row, scratch);
    chain.accept(7, 0.5f);
    chain.rewind(1);
    compute_logprobs(row, sampled.token, 20, logprobs);
  }
  return n_allocations - before;
}

TEST(SamplerAllocations, the_counter_counts) {
  const int64_t before = n_allocations.load();
  std::vector<int> v(100);
  EXPECT_EQ(n_allocations, before + 1) << v.size();
}

TEST(SamplerAllocations, a_warm_step_allocates_nothing) {
  EXPECT_EQ(allocations_of({}), 0);
  EXPECT_EQ(allocations_of(everything_on()), 0);
  SamplingParams params = everything_on();
  params.mirostat = 2;
  EXPECT_EQ(allocations_of(params), 0);
  params = everything_on();
  params.temp = 0;
  params.dynatemp_range = 0;
  EXPECT_EQ(allocations_of(params), 0);
  params = everything_on();
  params.samplers = {"temperature", "typ_p", "top_p", "penalties", "dry", "min_p"};
  EXPECT_EQ(allocations_of(params), 0);
}

}  // namespace
}  // namespace caracal
