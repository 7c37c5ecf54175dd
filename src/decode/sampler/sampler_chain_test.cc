#include "decode/sampler/sampler_chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/rng.h"
#include "decode/sampler/registry.h"

namespace caracal {
namespace {

using testing::HasSubstr;

constexpr int kVocab = 500;
constexpr float kInf = std::numeric_limits<float>::infinity();
const SamplerModel kModel{.n_vocab = kVocab, .n_ctx = 128};

/// A row of logits that depends on the sequence and the position only.
std::vector<float> row_at(uint64_t sequence, int64_t position) {
  Rng rng(sequence, 77);
  rng.seek(static_cast<uint64_t>(position) * 2 * kVocab);
  std::vector<float> logits;
  for (int i = 0; i < kVocab; ++i) logits.push_back(static_cast<float>(8 * rng.uniform() - 4));
  return logits;
}

SamplingParams busy_params() {
  SamplingParams params;
  params.seed = 1234;
  params.repeat_penalty = 1.1f;
  params.frequency_penalty = 0.3f;
  params.dry_multiplier = 0.8f;
  params.dry_allowed_length = 1;
  params.typ_p = 0.9f;
  params.xtc_probability = 0.4f;
  params.xtc_threshold = 0.02f;
  params.dynatemp_range = 0.4f;
  return params;
}

struct Sequence {
  Sequence(const SamplingParams& params, uint64_t id) : id(id), chain(params, kModel) {
    const std::vector<TokenId> prompt = {1, 2, 3};
    chain.reset(prompt);
  }
  void step(SamplerScratch& scratch) {
    const TokenId token = chain.sample(row_at(id, chain.position()), scratch).token;
    chain.accept(token);
    tokens.push_back(token);
  }
  uint64_t id;
  SamplerChain chain;
  std::vector<TokenId> tokens;
};

TEST(SamplerChain, a_sequence_draws_the_same_whatever_else_is_in_the_batch) {
  SamplingParams mirostat = busy_params();
  mirostat.mirostat = 2;
  for (const SamplingParams& params : {busy_params(), mirostat}) {
    SamplerScratch scratch(kModel), other_scratch(kModel);
    Sequence alone(params, 7);
    for (int i = 0; i < 40; ++i) alone.step(scratch);

    SamplingParams other_params;
    other_params.seed = 99;
    Sequence other(other_params, 8), together(params, 7);
    for (int i = 0; i < 40; ++i) {
      for (int extra = i % 3; extra > 0; --extra) other.step(other_scratch);
      together.step(i % 2 == 0 ? other_scratch : scratch);
      other.step(other_scratch);
    }
    EXPECT_EQ(together.tokens, alone.tokens);
  }
}

TEST(SamplerChain, different_seeds_draw_differently_and_a_missing_seed_is_drawn) {
  SamplerScratch scratch(kModel);
  SamplingParams params;
  params.seed = 1;
  Sequence a(params, 7);
  params.seed = 2;
  Sequence b(params, 7);
  for (int i = 0; i < 40; ++i) a.step(scratch), b.step(scratch);
  EXPECT_NE(a.tokens, b.tokens);

  params.seed = -1;
  const SamplerChain drawn(params, kModel), again(params, kModel);
  EXPECT_NE(drawn.seed(), again.seed());
  EXPECT_GE(static_cast<int64_t>(drawn.seed()), 0) << "it can be given back as a seed";
}

TEST(SamplerChain, asking_twice_gives_the_same_answer_and_its_probability) {
  SamplerScratch scratch(kModel);
  Sequence sequence(busy_params(), 3);
  for (int i = 0; i < 20; ++i) {
    const std::vector<float> row = row_at(3, sequence.chain.position());
    const Sampled first = sequence.chain.sample(row, scratch);
    const Sampled second = sequence.chain.sample(row, scratch);
    EXPECT_EQ(first.token, second.token);
    EXPECT_EQ(first.p, sequence.chain.distribution(row, scratch).p_of(first.token));
    sequence.chain.accept(first.token);
  }
}

TEST(SamplerChain, rewinding_restores_every_kind_of_state) {
  SamplingParams mirostat = busy_params();
  mirostat.mirostat = 2;
  for (const SamplingParams& params : {busy_params(), mirostat}) {
    SamplerScratch scratch(kModel);
    Sequence straight(params, 5), detour(params, 5);
    for (int i = 0; i < 60; ++i) straight.step(scratch);
    for (int i = 0; i < 30; ++i) detour.step(scratch);
    for (const TokenId wrong : {4, 4, 400, 9}) detour.chain.accept(wrong, 0.01f);
    detour.chain.rewind(4);
    for (int i = 0; i < 30; ++i) detour.step(scratch);
    EXPECT_EQ(detour.tokens, straight.tokens);
  }
}

TEST(SamplerChain, greedy_takes_the_lowest_id_among_the_best) {
  SamplingParams params;
  params.temp = 0;
  SamplerScratch scratch(kModel);
  SamplerChain chain(params, kModel);
  EXPECT_EQ(chain.n_steps(), 0u) << "truncation cannot change the best candidate";
  std::vector<float> row(kVocab, 1.0f);
  EXPECT_EQ(chain.sample(row, scratch).token, 0);
  row[77] = row[311] = row[499] = 2;
  const Sampled best = chain.sample(row, scratch);
  EXPECT_EQ(best.token, 77);
  EXPECT_EQ(best.p, 1);
  const Distribution law = chain.distribution(row, scratch);
  ASSERT_EQ(law.items.size(), 1u);
  EXPECT_EQ(law.items[0].id, 77);
}

TEST(SamplerChain, greedy_still_applies_what_changes_the_best) {
  SamplingParams params;
  params.temp = 0;
  params.presence_penalty = 5;
  params.logit_bias = {{20, 3.0f}};
  SamplerScratch scratch(kModel);
  SamplerChain chain(params, kModel);
  std::vector<float> row(kVocab, 0.0f);
  row[10] = 4;
  EXPECT_EQ(chain.sample(row, scratch).token, 10);
  chain.accept(10);
  EXPECT_EQ(chain.sample(row, scratch).token, 20);
}

TEST(SamplerChain, temperature_zero_is_greedy_for_every_list_of_steps) {
  SamplerScratch scratch(kModel);
  for (const std::vector<std::string>& samplers : std::vector<std::vector<std::string>>{
           {}, {"top_k"}, {"temperature", "xtc"}, {"min-p", "nucleus", "temp", "typical"}}) {
    SamplingParams params;
    params.temp = 0;
    params.xtc_probability = 1;
    params.samplers = samplers;
    SamplerChain chain(params, kModel);
    const std::vector<float> row = row_at(1, 1);
    const auto best = std::max_element(row.begin(), row.end()) - row.begin();
    EXPECT_EQ(chain.sample(row, scratch).token, best);
  }
}

TEST(SamplerChain, bad_logits_and_no_candidate_are_outcomes) {
  SamplerScratch scratch(kModel);
  for (const float temp : {0.0f, 0.8f}) {
    SamplingParams params;
    params.temp = temp;
    SamplerChain chain(params, kModel);
    std::vector<float> row(kVocab, -kInf);
    EXPECT_EQ(chain.sample(row, scratch).status, SampleStatus::no_candidate);
    EXPECT_EQ(chain.distribution(row, scratch).status, SampleStatus::no_candidate);
    row[kVocab - 1] = -3;
    EXPECT_EQ(chain.sample(row, scratch).token, kVocab - 1);
    for (const float bad : {std::nanf(""), kInf}) {
      for (const size_t at : {size_t{0}, size_t{63}, size_t{kVocab - 1}}) {
        std::vector<float> broken(kVocab, 0.5f);
        broken[at] = bad;
        const Sampled outcome = chain.sample(broken, scratch);
        EXPECT_EQ(outcome.status, SampleStatus::bad_logits);
        EXPECT_EQ(outcome.token, kNoToken);
      }
    }
  }
}

TEST(SamplerChain, extreme_finite_logits_never_give_nan) {
  SamplingParams params = busy_params();
  params.temp = 0.01f;
  params.repeat_penalty = 1e-3f;
  params.dynatemp_range = 0;
  SamplerScratch scratch(kModel);
  SamplerChain chain(params, kModel);
  std::vector<float> row(kVocab, -std::numeric_limits<float>::max());
  row[5] = std::numeric_limits<float>::max();
  row[6] = std::numeric_limits<float>::denorm_min();
  const std::vector<TokenId> prompt = {5, 6, 5};
  chain.reset(prompt);
  const Distribution law = chain.distribution(row, scratch);
  ASSERT_EQ(law.status, SampleStatus::ok);
  EXPECT_FLOAT_EQ(law.p_of(5), 1);
}

TEST(SamplerChain, min_tokens_bans_the_stop_ids_until_reached) {
  const std::vector<TokenId> eos = {7};
  const SamplerModel model{.n_vocab = kVocab, .n_ctx = 128, .stop_ids = eos};
  SamplingParams params;
  params.temp = 0;
  params.min_tokens = 2;
  params.stop_token_ids = {8};
  SamplerScratch scratch(model);
  SamplerChain chain(params, model);
  EXPECT_THAT(std::vector<TokenId>(chain.stop_ids().begin(), chain.stop_ids().end()),
              testing::ElementsAre(7, 8));
  std::vector<float> row(kVocab, 0.0f);
  row[7] = 3, row[8] = 2, row[9] = 1;
  const std::vector<TokenId> prompt = {1, 2, 3, 4};
  chain.reset(prompt);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(chain.sample(row, scratch).token, 9);
    chain.accept(9);
  }
  EXPECT_EQ(chain.sample(row, scratch).token, 7);
}

TEST(SamplerChain, ignore_eos_bans_the_models_end_tokens_only) {
  const std::vector<TokenId> eos = {7};
  const SamplerModel model{.n_vocab = kVocab, .n_ctx = 128, .stop_ids = eos};
  SamplingParams params;
  params.temp = 0;
  params.ignore_eos = true;
  params.stop_token_ids = {8};
  SamplerScratch scratch(model);
  SamplerChain chain(params, model);
  std::vector<float> row(kVocab, 0.0f);
  row[7] = 3, row[8] = 2;
  EXPECT_EQ(chain.sample(row, scratch).token, 8);
}

TEST(SamplerChain, penalties_forget_what_left_their_window) {
  SamplingParams params;
  params.temp = 0;
  params.repeat_last_n = 3;
  params.presence_penalty = 10;
  SamplerScratch scratch(kModel);
  SamplerChain chain(params, kModel);
  std::vector<float> row(kVocab, 0.0f);
  row[42] = 5;
  std::vector<TokenId> picks;
  for (int i = 0; i < 2000; ++i) {
    picks.push_back(chain.sample(row, scratch).token);
    chain.accept(picks.back());
  }
  for (size_t i = 0; i < picks.size(); ++i) EXPECT_EQ(picks[i] == 42, i % 4 == 0) << i;
}

std::string message_of(const SamplingParams& params) {
  try {
    SamplerChain chain(params, kModel);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::bad_config);
    return e.what();
  }
  return "accepted";
}

TEST(SamplerChain, refuses_what_it_cannot_do_by_name) {
  SamplingParams params;
  params.samplers = {"top_k", "top_q"};
  EXPECT_THAT(message_of(params), HasSubstr("--samplers: expected some of penalties, dry"));
  EXPECT_THAT(message_of(params), HasSubstr("found \"top_q\""));
  params.temp = 0;
  EXPECT_THAT(message_of(params), HasSubstr("found \"top_q\""));
  params = {};
  params.banned_token_ids = {kVocab};
  EXPECT_THAT(message_of(params), HasSubstr("--banned-token-ids: expected token ids below 500"));
  params = {};
  params.temp = std::nanf("");
  EXPECT_THAT(message_of(params), HasSubstr("--temp: expected a number"));
}

TEST(SamplerRegistry, names_are_unique_and_the_default_chain_lists_them_all_in_order) {
  const SamplingParams defaults;
  ASSERT_EQ(defaults.samplers.size(), sampler_steps().size());
  for (size_t i = 0; i < defaults.samplers.size(); ++i) {
    EXPECT_EQ(sampler_steps()[i].name, defaults.samplers[i]);
    EXPECT_EQ(find_sampler_step(defaults.samplers[i]), &sampler_steps()[i]);
    EXPECT_FALSE(sampler_steps()[i].help.empty());
  }
  EXPECT_EQ(find_sampler_step("top-p")->name, "top_p");
  EXPECT_EQ(find_sampler_step("typical-p")->name, "typ_p");
  EXPECT_EQ(find_sampler_step(""), nullptr);
}

}  // namespace
}  // namespace caracal
