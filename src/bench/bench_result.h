#pragma once
/// What a benchmark found.
#include <optional>
#include <string>
#include <vector>

#include "bench/bench_spec.h"
#include "bench/operator_shares.h"
#include "bench/summary.h"
#include "machine/machine_roofs.h"

namespace caracal {

struct BenchModel {
  std::string path;
  std::string name;  ///< as the file says
  std::string architecture;
  std::string
      weights;  ///< the types of its matrices by their share of bytes: "Q4_K 62 %, Q6_K 38 %"
  uint64_t file_bytes = 0;
  uint64_t n_parameters = 0;
};

/// One timed run of a test.
struct Repetition {
  double seconds = 0;
  double roof_before = 0, roof_after = 0;  ///< samples on the same threads, per second
  bool steady = true;                      ///< the two differ by at most a tenth

  double roof() const { return (roof_before + roof_after) / 2; }
};

struct BenchResult {
  BenchModel model;
  EngineConfig engine;   ///< n_threads is resolved
  CpuFeatures features;  ///< in use
  BenchTest test;
  StepCost work;                         ///< of one repetition, all sequences together
  Roof roof = Roof::read_bandwidth;      ///< sampled around each repetition
  std::vector<Repetition> repetitions;   ///< those that count
  int32_t n_repeated = 0;                ///< thrown away because the roof moved meanwhile
  std::vector<OperatorShare> operators;  ///< when they were asked for

  double n_tokens() const { return static_cast<double>(test.n_tokens()) * engine.n_parallel; }
  Summary tokens_per_s() const;
  /// A prompt and its answer in one have no roof in common; theirs only tells a steady machine.
  bool has_share() const { return !test.is_both(); }
  /// What the roof limits: operations or bytes of one repetition.
  double roofed_work() const;
  /// Rate of each repetition over the mean of its two samples.
  Summary roof_share() const;
  Summary roof_per_s() const;
  /// Repetitions that count although the roof moved meanwhile.
  int32_t n_unsteady() const;
};

/// Everything that speeds depend on besides the options.
struct BenchEnvironment {
  std::string version;
  std::string compiler;
  std::string date;         ///< UTC
  double load_average = 0;  ///< of the last minute before the start
  MachineInfo machine;
  MachineRoofs roofs;
};

struct BenchReport {
  BenchEnvironment environment;
  std::vector<BenchResult> results;
};

/// The roofs of the machine, those that the results were measured against as they were then.
MachineRoofs roofs_meanwhile(const BenchReport& report);

/// The roof that a test is measured against: the read bandwidth for decoding, otherwise the
/// arithmetic that most operations are made with.
Roof roof_of(const BenchTest& test, const StepCost& work);

}  // namespace caracal
