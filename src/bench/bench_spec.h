#pragma once
/// What a benchmark runs, before anything is loaded.
#include <cstdint>
#include <string>
#include <vector>

#include "spec/engine_config.h"

namespace caracal {

/// One timed piece of work: a prompt, an answer, or both, behind tokens that are in the KV cache
/// already.
struct BenchTest {
  int32_t n_prompt = 0;
  int32_t n_gen = 0;
  int32_t depth = 0;  ///< tokens of context before it

  bool is_prefill() const { return n_gen == 0; }
  bool is_decode() const { return n_prompt == 0; }
  bool is_both() const { return n_prompt > 0 && n_gen > 0; }
  int32_t n_tokens() const { return n_prompt + n_gen; }
  /// "pp512", "tg64", "pp512+tg64", as llama-bench calls them.
  std::string name() const;
  friend bool operator==(const BenchTest&, const BenchTest&) = default;
};

struct PromptAndAnswer {
  int32_t n_prompt = 0;
  int32_t n_gen = 0;
};
/// "512,64". Throws Error(bad_config) that names source.
PromptAndAnswer parse_prompt_and_answer(std::string_view text, std::string_view source);

/// Every combination of these is run.
struct BenchOptions {
  std::vector<int32_t> n_prompt = {512};  ///< 0: no such test
  std::vector<int32_t> n_gen = {128};     ///< 0: no such test
  std::vector<PromptAndAnswer> prompt_and_answer;
  std::vector<int32_t> depth = {0};
  std::vector<int32_t> n_batch = {512};
  std::vector<int32_t> n_parallel = {1};
  std::vector<int32_t> n_threads = {0};
  std::vector<std::string> cache_type_k = {"f16"};
  std::vector<std::string> cache_type_v = {"f16"};
  int32_t repetitions = 5;
  bool warmup = true;
  bool keep_unsteady = false;   ///< no repetition is thrown away because its roof moved
  bool with_operators = false;  ///< one more repetition per test, profiled
  EngineConfig engine;          ///< what the lists above do not say
};

/// Tests that share an engine.
struct BenchSetup {
  EngineConfig engine;  ///< n_ctx has room for every test
  std::vector<BenchTest> tests;
};

/// The combinations, in the order of the options. Throws Error(bad_config) when nothing is left to
/// do, or a context would be absurd.
std::vector<BenchSetup> plan_bench(const BenchOptions& options);

}  // namespace caracal
