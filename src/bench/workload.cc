#include "bench/workload.h"

#include <algorithm>
#include <chrono>

#include "base/error.h"

namespace caracal {
namespace {

TokenId draw_token(Rng& rng, int32_t n_vocab) {
  return static_cast<TokenId>(rng.next_u32() % static_cast<uint32_t>(n_vocab));
}

SamplingParams greedy(int32_t n_tokens) {
  SamplingParams params;
  params.temp = 0;
  params.ignore_eos = true;
  params.max_tokens = n_tokens;
  return params;
}

}  // namespace

Workload::Workload(Engine& engine, int32_t n_vocab, int32_t n_parallel, int32_t depth)
    : engine_(engine),
      n_vocab_(n_vocab),
      depth_(depth),
      rng_(1),
      lanes_(static_cast<size_t>(n_parallel)) {
  for (Lane& lane : lanes_)
    for (int32_t i = 0; i < depth; ++i) lane.tokens.push_back(draw_token(rng_, n_vocab));
  if (depth == 0) return;
  for (Lane& lane : lanes_)
    lane.kept = engine_.submit({.prompt = lane.tokens, .sampling = greedy(0), .keep_kv = true});
  run_to_end();
}

Workload::~Workload() {
  for (const Lane& lane : lanes_)
    if (lane.kept != kNoSequence) engine_.release(lane.kept);
}

double Workload::run(const BenchTest& test) {
  for (Lane& lane : lanes_) submit(lane, test);
  return run_to_end();
}

/// An answer alone begins with one token whose logits give the next, so it takes n_gen steps of one
/// row.
void Workload::submit(Lane& lane, const BenchTest& test) {
  const auto depth = static_cast<size_t>(depth_);
  const auto old = static_cast<size_t>(lane.tokens.size()) > depth ? lane.tokens[depth] : kNoToken;
  lane.tokens.resize(depth);
  for (int32_t i = 0; i < std::max(test.n_prompt, 1); ++i)
    lane.tokens.push_back(draw_token(rng_, n_vocab_));
  // Another first token than last time: of the sequence before, only the context may be taken over.
  if (lane.tokens[depth] == old) lane.tokens[depth] = (old + 1) % n_vocab_;
  const SequenceId id = engine_.submit({.prompt = lane.tokens,
                                        .sampling = greedy(test.n_gen),
                                        .resume = lane.kept,
                                        .keep_kv = depth_ > 0});
  if (depth_ > 0) lane.kept = id;
}

double Workload::run_to_end() {
  using Clock = std::chrono::steady_clock;
  FinishReason wrong = FinishReason::none;
  const auto watch = [&](const TokenEvent& event) {
    if (event.finish != FinishReason::none && event.finish != FinishReason::length)
      wrong = event.finish;
  };
  const auto start = Clock::now();
  while (engine_.step(watch)) {
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (wrong != FinishReason::none)
    throw_error(ErrorCode::out_of_memory, "bench", "a sequence ended early: {}", name_of(wrong));
  return seconds;
}

}  // namespace caracal
