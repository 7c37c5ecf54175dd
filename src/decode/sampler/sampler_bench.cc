/// Time to choose one token from a row of 150k logits, as large vocabularies have.
#include <benchmark/benchmark.h>

#include "base/rng.h"
#include "decode/sampler/sampler_chain.h"

namespace caracal {
namespace {

constexpr int kVocab = 151936;

/// Roughly normal logits with a heavy upper tail, as language models give.
std::vector<float> model_like_row() {
  Rng rng(1);
  std::vector<float> row;
  for (int i = 0; i < kVocab; ++i) {
    double sum = 0;
    for (int k = 0; k < 4; ++k) sum += rng.uniform() - 0.5;
    row.push_back(static_cast<float>(4 * sum + (i % 1000 == 0 ? 10 * rng.uniform() : 0)));
  }
  return row;
}

void choose(benchmark::State& state, const SamplingParams& params) {
  const SamplerModel model{.n_vocab = kVocab, .n_ctx = 4096};
  SamplerScratch scratch(model);
  SamplerChain chain(params, model);
  const std::vector<float> row = model_like_row();
  for (auto _ : state) {
    const Sampled sampled = chain.sample(row, scratch);
    benchmark::DoNotOptimize(sampled);
    chain.accept(sampled.token);
  }
}

SamplingParams step(std::vector<std::string> samplers) {
  SamplingParams params;
  params.samplers = std::move(samplers);
  params.typ_p = 0.9f;
  params.repeat_penalty = 1.1f;
  params.dry_multiplier = 0.8f;
  return params;
}

SamplingParams greedy() {
  SamplingParams params;
  params.temp = 0;
  return params;
}

BENCHMARK_CAPTURE(choose, greedy, greedy());
BENCHMARK_CAPTURE(choose, default_chain, SamplingParams());
BENCHMARK_CAPTURE(choose, penalties_and_top_k, step({"penalties", "top_k"}));
BENCHMARK_CAPTURE(choose, dry_and_top_k, step({"dry", "top_k"}));
BENCHMARK_CAPTURE(choose, top_p_of_all, step({"top_p"}));
BENCHMARK_CAPTURE(choose, min_p_of_all, step({"min_p"}));
BENCHMARK_CAPTURE(choose, typical_of_all, step({"typ_p"}));
BENCHMARK_CAPTURE(choose, temperature_of_all, step({"temperature"}));

}  // namespace
}  // namespace caracal
