#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/counting_new.h"
#include "base/error.h"
#include "engine/text_generator.h"
#include "engine/text_model.h"

namespace caracal {
namespace {

using testing::HasSubstr;

std::filesystem::path tiny(const char* name) {
  return std::filesystem::path(CARACAL_SOURCE_DIR) / "tests" / "goldens" / "models" / name;
}

struct Outcome {
  std::vector<TokenId> ids;
  FinishReason finish = FinishReason::none;
};

/// Runs all requests together and collects what came out, by order of submission.
std::vector<Outcome> run(Engine& engine, std::vector<Request> requests) {
  std::map<SequenceId, Outcome> outcomes;
  for (Request& request : requests) outcomes[engine.submit(std::move(request))];
  while (engine.step([&](const TokenEvent& event) {
    Outcome& outcome = outcomes[event.sequence];
    if (event.token != kNoToken) outcome.ids.push_back(event.token);
    if (event.finish != FinishReason::none) outcome.finish = event.finish;
  })) {
  }
  std::vector<Outcome> out;
  for (auto& [id, outcome] : outcomes) out.push_back(std::move(outcome));
  return out;
}

SamplingParams greedy(int32_t n) {
  SamplingParams params;
  params.temp = 0;
  params.max_tokens = n;
  params.ignore_eos = true;
  return params;
}

SamplingParams sampled(int32_t n, int64_t seed) {
  SamplingParams params = greedy(n);
  params.temp = 1.5f;
  params.seed = seed;
  return params;
}

EngineConfig config(int32_t n_parallel = 1, int32_t n_batch = 32, int32_t n_ctx = 96) {
  return {.n_ctx = n_ctx,
          .n_batch = n_batch,
          .n_parallel = n_parallel,
          .n_threads = 2,
          .block_tokens = 8};
}

TEST(Engine, what_a_request_samples_does_not_depend_on_what_else_runs) {
  const auto requests = [] {
    std::vector<Request> list;
    for (int i = 0; i < 6; ++i) {
      Request r{.sampling = sampled(20, 100 + i)};
      for (int t = 0; t < 5 + 9 * i; ++t) r.prompt.push_back((t * 5 + i) % 60);
      list.push_back(r);
    }
    return list;
  };
  TextModel together(tiny("formats-q4_0.gguf"), config(6));
  const auto all = run(together.engine(), requests());
  TextModel alone(tiny("formats-q4_0.gguf"), config(1, 7));
  for (size_t i = 0; i < all.size(); ++i) {
    const auto solo = run(alone.engine(), {requests()[i]});
    EXPECT_EQ(solo[0].ids, all[i].ids) << i;
    EXPECT_EQ(all[i].ids.size(), 20u);
  }
}

TEST(Engine, more_requests_than_places_wait_and_all_finish) {
  TextModel model(tiny("formats-q8_0.gguf"), config(2));
  std::vector<Request> requests;
  for (int i = 0; i < 7; ++i) requests.push_back({.prompt = {1, 2, 3 + i}, .sampling = greedy(10)});
  for (const Outcome& outcome : run(model.engine(), requests)) {
    EXPECT_EQ(outcome.ids.size(), 10u);
    EXPECT_EQ(outcome.finish, FinishReason::length);
  }
  EXPECT_EQ(model.engine().runner().pool().n_free(), model.engine().runner().pool().n_blocks());
}

TEST(Engine, a_full_context_ends_the_sequence_with_length) {
  TextModel model(tiny("tied-gqa2.gguf"), config(1, 32, 24));
  const auto outcome = run(model.engine(), {{.prompt = {1, 2, 3, 4}, .sampling = greedy(-1)}})[0];
  EXPECT_EQ(outcome.ids.size(), 20u);
  EXPECT_EQ(outcome.finish, FinishReason::length);
}

TEST(Engine, a_resumed_sequence_computes_only_what_is_new_and_answers_the_same) {
  TextModel model(tiny("formats-q4_1.gguf"), config());
  Engine& engine = model.engine();
  const SequenceId first =
      engine.submit({.prompt = {1, 2, 3, 4, 5}, .sampling = greedy(6), .keep_kv = true});
  while (engine.step([](const TokenEvent&) {})) {
  }
  std::vector<TokenId> prompt(engine.tokens(first).begin(), engine.tokens(first).end());
  prompt.insert(prompt.end(), {7, 8, 9});
  const SequenceId second =
      engine.submit({.prompt = prompt, .sampling = greedy(5), .resume = first, .keep_kv = true});
  EXPECT_EQ(engine.n_reused(second), 10);  // the last token's KV was never computed
  while (engine.step([](const TokenEvent&) {})) {
  }
  const std::vector<TokenId> resumed(
      engine.tokens(second).begin() + static_cast<ptrdiff_t>(prompt.size()),
      engine.tokens(second).end());
  engine.release(second);
  EXPECT_EQ(run(engine, {{.prompt = prompt, .sampling = greedy(5)}})[0].ids, resumed);
  EXPECT_EQ(engine.runner().pool().n_free(), engine.runner().pool().n_blocks());
}

TEST(Engine, a_sink_may_cancel_and_the_end_is_told_once) {
  TextModel model(tiny("formats-f16.gguf"), config(2));
  Engine& engine = model.engine();
  const SequenceId id = engine.submit({.prompt = {1, 2}, .sampling = greedy(50)});
  int tokens = 0, ends = 0;
  while (engine.step([&](const TokenEvent& event) {
    if (event.token != kNoToken && ++tokens == 3) engine.cancel(id);
    if (event.finish != FinishReason::none) ++ends;
  })) {
  }
  EXPECT_EQ(tokens, 3);
  EXPECT_EQ(ends, 1);
}

TEST(Engine, a_cancelled_sequence_gives_its_place_to_one_that_waits) {
  TextModel model(tiny("formats-f16.gguf"), config(1));
  Engine& engine = model.engine();
  const SequenceId first = engine.submit({.prompt = {1, 2}, .sampling = greedy(50)});
  engine.submit({.prompt = {3, 4}, .sampling = greedy(5)});
  ASSERT_TRUE(engine.step([](const TokenEvent&) {}));
  engine.cancel(first);
  std::map<SequenceId, FinishReason> ends;
  while (engine.step([&](const TokenEvent& event) {
    if (event.finish != FinishReason::none) ends[event.sequence] = event.finish;
  })) {
  }
  EXPECT_EQ(ends[first], FinishReason::cancelled);
  EXPECT_EQ(ends[first + 1], FinishReason::length);
}

TEST(TextGenerator, a_listener_that_throws_leaves_nothing_behind) {
  TextModel model(tiny("formats-q8_0.gguf"), config());
  const auto fails = [](std::string_view) { throw std::runtime_error("enough"); };
  EXPECT_THROW(generate(model, {1, 2, 3}, greedy(20), {.show_special = true, .on_text = fails}),
               std::runtime_error);
  const Answer answer = generate(model, {1, 2, 3}, greedy(20), {.show_special = true});
  EXPECT_EQ(answer.ids.size(), 20u);
  EXPECT_EQ(model.engine().runner().pool().n_free(), model.engine().runner().pool().n_blocks());
}

TEST(Engine, unusable_prompts_are_refused_with_a_reason) {
  TextModel model(tiny("tied-gqa2.gguf"), config());
  Engine& engine = model.engine();
  const auto message = [&](Request request) -> std::string {
    try {
      engine.submit(std::move(request));
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(message({}), HasSubstr("no tokens"));
  EXPECT_THAT(message({.prompt = {100000}}), HasSubstr("outside the vocabulary"));
  EXPECT_THAT(message({.prompt = {-1}}), HasSubstr("outside the vocabulary"));
  EXPECT_THAT(message({.prompt = std::vector<TokenId>(96, 1)}),
              HasSubstr("maximum context length"));
}

TEST(Engine, a_warm_step_allocates_nothing) {
  TextModel model(tiny("formats-mixed.gguf"), config(3));
  Engine& engine = model.engine();
  for (int i = 0; i < 3; ++i) engine.submit({.prompt = {1, 2, 3}, .sampling = sampled(60, i)});
  const Engine::Sink sink = [](const TokenEvent&) {};
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(engine.step(sink));
  const int64_t before = n_allocations.load();
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(engine.step(sink));
  EXPECT_EQ(n_allocations.load() - before, 0);
}

}  // namespace
}  // namespace caracal
