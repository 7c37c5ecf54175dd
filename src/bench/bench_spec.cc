#include "bench/bench_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace caracal {
namespace {

constexpr int64_t kMostContext = 1 << 24;

std::vector<BenchTest> tests_of(const BenchOptions& options) {
  std::vector<BenchTest> tests;
  for (const int32_t depth : options.depth) {
    for (const int32_t n : options.n_prompt)
      if (n > 0) tests.push_back({.n_prompt = n, .depth = depth});
    for (const int32_t n : options.n_gen)
      if (n > 0) tests.push_back({.n_gen = n, .depth = depth});
    for (const PromptAndAnswer& p : options.prompt_and_answer)
      tests.push_back({p.n_prompt, p.n_gen, depth});
  }
  if (tests.empty())
    throw_error(ErrorCode::bad_config, "-p, -n, -pg",
                "a prompt or an answer of at least one token expected, found none");
  return tests;
}

/// Room for the longest test: an answer's last token needs a place as well.
int32_t context_for(const std::vector<BenchTest>& tests) {
  int64_t most = 0;
  for (const BenchTest& test : tests)
    most = std::max(most, int64_t{test.depth} + test.n_prompt + test.n_gen + 2);
  if (most > kMostContext)
    throw_error(ErrorCode::bad_config, "-p, -n, -pg, -d",
                "at most {} tokens of context expected, {} found", kMostContext, most);
  return static_cast<int32_t>(most);
}

}  // namespace

std::string BenchTest::name() const {
  if (is_prefill()) return fmt::format("pp{}", n_prompt);
  if (is_decode()) return fmt::format("tg{}", n_gen);
  return fmt::format("pp{}+tg{}", n_prompt, n_gen);
}

PromptAndAnswer parse_prompt_and_answer(std::string_view text, std::string_view source) {
  const size_t comma = text.find(',');
  if (comma == std::string_view::npos)
    throw_error(ErrorCode::bad_config, std::string(source),
                "two numbers PROMPT,ANSWER expected, '{}' found", text);
  const Range range = {.min = 1, .max = 1 << 24};
  const Expected expected = {range, {}};
  const auto parse = [&](std::string_view part) {
    return static_cast<int32_t>(parse_integer(part, expected, source));
  };
  return {parse(text.substr(0, comma)), parse(text.substr(comma + 1))};
}

std::vector<BenchSetup> plan_bench(const BenchOptions& options) {
  const std::vector<BenchTest> tests = tests_of(options);
  std::vector<BenchSetup> setups;
  for (const int32_t n_threads : options.n_threads)
    for (const int32_t n_batch : options.n_batch)
      for (const std::string& k : options.cache_type_k)
        for (const std::string& v : options.cache_type_v)
          for (const int32_t n_parallel : options.n_parallel) {
            BenchSetup setup{.engine = options.engine, .tests = tests};
            setup.engine.n_threads = setup.engine.n_threads_batch = n_threads;
            setup.engine.n_batch = n_batch;
            setup.engine.cache_type_k = k;
            setup.engine.cache_type_v = v;
            setup.engine.n_parallel = n_parallel;
            setup.engine.n_ctx = context_for(tests);
            setups.push_back(std::move(setup));
          }
  return setups;
}

}  // namespace caracal
