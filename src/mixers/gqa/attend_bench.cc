/// Attention alone: prefill of a prompt and decoding at a context, one thread, shapes of small
/// models, every KV type. Prefill counts the multiplications and additions of visible keys only;
/// decoding counts the stored bytes it reads, over more layers than the caches hold.
#include <benchmark/benchmark.h>

#include <string>

#include "mixers/gqa/attention_case.h"

namespace caracal {
namespace {

struct Model {
  const char* name;
  int32_t n_heads, n_kv_heads, head_dim;
};
constexpr Model kModels[] = {{"smollm2-135m", 9, 3, 64},
                             {"llama-1b", 32, 8, 64},
                             {"qwen-0.5b", 14, 2, 64},
                             {"llama-8b", 32, 8, 128}};

AttentionSetup setup(const Model& model, KvType type) {
  return {.n_heads = model.n_heads,
          .n_kv_heads = model.n_kv_heads,
          .head_dim = model.head_dim,
          .v_head_dim = model.head_dim,
          .k_type = type,
          .v_type = type};
}

double rate(const benchmark::State& state, double per_step) {
  return static_cast<double>(state.iterations()) * per_step;
}

void prefill(benchmark::State& state, const Model& model, KvType type, int32_t n) {
  AttentionCase step(setup(model, type), {{.context_len = 0, .n_rows = n}});
  for (auto _ : state) step.run();
  const double keys = 0.5 * n * (n + 1.0);
  state.counters["flop/s"] = benchmark::Counter(
      rate(state, 4 * keys * model.n_heads * model.head_dim), benchmark::Counter::kIsRate);
}

void decode(benchmark::State& state, const Model& model, KvType type, int32_t context) {
  AttentionSetup s = setup(model, type);
  const size_t bytes = 2 * kv_row_bytes(type, model.head_dim) *
                       static_cast<size_t>(model.n_kv_heads) * static_cast<size_t>(context);
  s.n_layers = static_cast<int32_t>((size_t{96} << 20) / bytes + 1);
  AttentionCase step(s, {{.context_len = context - 1, .n_rows = 1}});
  for (auto _ : state) step.run();
  state.counters["kv_B/s"] =
      benchmark::Counter(rate(state, static_cast<double>(bytes)), benchmark::Counter::kIsRate);
}

const bool kRegistered = [] {
  for (const Model& model : kModels)
    for (KvType type : kAllKvTypes) {
      const std::string name =
          "/" + std::string(model.name) + "/" + std::string(name_of(type)) + "/";
      for (int32_t n : {512, 1024, 4096})
        benchmark::RegisterBenchmark(
            ("prefill" + name + std::to_string(n)).c_str(),
            [&model, type, n](auto& state) { prefill(state, model, type, n); })
            ->Unit(benchmark::kMillisecond);
      for (int32_t n : {64, 1024, 4096})
        benchmark::RegisterBenchmark(
            ("decode" + name + std::to_string(n)).c_str(),
            [&model, type, n](auto& state) { decode(state, model, type, n); })
            ->Unit(benchmark::kMicrosecond);
    }
  return true;
}();

}  // namespace
}  // namespace caracal
