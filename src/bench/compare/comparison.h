#pragma once
/// What a comparison found.
#include <optional>
#include <string>
#include <vector>

#include "bench/bench_result.h"
#include "bench/compare/engine_run.h"

namespace caracal {

/// Others kept more than this share of the cores busy: peers whose barriers spin suffer more from
/// neighbours than we do, so that a ratio taken then is no comparison.
inline constexpr double kQuiet = 0.1;

/// All repetitions of a test by one engine.
struct EngineSpeed {
  std::string engine;  ///< "caracal", or a peer
  std::string variant;
  std::vector<double> tokens_per_s;  ///< in the order they were taken
  std::string left_out;              ///< why there are none
  bool whole_file_left_out = false;  ///< the engine cannot take the file, in any test
  std::vector<double> roof_shares;   ///< ours, where the test has a roof

  std::string name() const { return variant.empty() ? engine : engine + " " + variant; }
};

/// One test on one file with one setup, by all engines.
struct Comparison {
  std::string model_path, model_name, weights;
  EngineConfig engine;  ///< n_threads is resolved
  BenchTest test;
  std::optional<Roof> roof;
  std::vector<EngineSpeed> engines;  ///< caracal first
  double others_share = 0;           ///< of the cores, meanwhile
};

/// An engine as it was run, each kind of run once.
struct ComparedSide {
  std::string name;
  EngineFacts facts;
};

struct CompareReport {
  BenchEnvironment environment;
  int32_t repetitions = 0;
  std::vector<ComparedSide> sides;
  std::vector<Comparison> comparisons;

  void add_side(const std::string& name, const EngineFacts& facts);
  /// The busiest of all comparisons.
  double others_share() const;
  bool is_quiet() const { return others_share() <= kQuiet; }
};

/// Median of ours over the median of an engine's; none when either has no speeds.
std::optional<double> ratio_to(const Comparison& comparison, const EngineSpeed& engine);

/// The variant of a peer that counts: that with the best median. nullptr when it has no speeds.
const EngineSpeed* best_variant(const Comparison& comparison, const std::string& peer);
bool is_best_variant(const Comparison& comparison, const EngineSpeed& engine);

/// Which share of n_cpus others used in a time: CPU seconds of everybody less our own. 0 where
/// nothing is known, never below 0 or above 1.
double share_of_others(double busy_seconds, double own_seconds, double elapsed, int32_t n_cpus);

}  // namespace caracal
