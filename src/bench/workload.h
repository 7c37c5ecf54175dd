#pragma once
#include <vector>

#include "base/rng.h"
#include "bench/bench_spec.h"
#include "engine/engine.h"

namespace caracal {

/// Puts a test's requests to an engine, as `run` does: prompts of random tokens, answers by greedy
/// sampling that no end token stops. The context before a test is computed once; repetitions take
/// it over from the sequence before.
class Workload {
 public:
  /// n_parallel sequences at the same time. The engine must outlive it and do nothing else.
  Workload(Engine& engine, int32_t n_vocab, int32_t n_parallel, int32_t depth);
  ~Workload();
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  /// Runs the test on every sequence and returns the seconds of its steps. test.depth must be the
  /// depth of the workload. Throws Error(internal or no memory) when a sequence ends early.
  double run(const BenchTest& test);

 private:
  struct Lane {
    std::vector<TokenId> tokens;    ///< the context, then what follows it
    SequenceId kept = kNoSequence;  ///< holds the KV of the context
  };

  void submit(Lane& lane, const BenchTest& test);
  double run_to_end();

  Engine& engine_;
  int32_t n_vocab_;
  int32_t depth_;
  Rng rng_;
  std::vector<Lane> lanes_;
};

}  // namespace caracal
