#pragma once
#include <functional>
#include <memory>
#include <string>

#include "bench/bench_result.h"
#include "bench/workload.h"
#include "machine/roof_sampler.h"

namespace caracal {

/// Two samples of a roof that differ by more than this share of their mean make the repetition
/// between them worthless.
inline constexpr double kSteadyRoof = 0.10;
bool is_steady(double roof_before, double roof_after);

/// How often all repetitions of a test together may be thrown away.
int32_t most_repeated(int32_t repetitions);

/// Of a step with one row and no context: enough to see what products are made with.
StepCost cost_of_a_row(const Plan& plan);

/// A shorter run of the same kind, for caches, page tables and clocks.
BenchTest warmup_of(const BenchTest& test, int32_t n_batch);

/// A test that was run once with a profile.
struct ProfiledRun {
  StepProfile profile;
  double seconds;  ///< as Workload::run tells: the steps, and what lies between them
};

/// A loaded model and an engine over it, for the tests of one setup.
class BenchEngine {
 public:
  /// model must have been loaded for setup.engine's instruction sets and numerics.
  BenchEngine(std::shared_ptr<const Model> model, const BenchSetup& setup);

  Engine& engine() { return engine_; }
  ThreadTeam& team() { return team_; }
  const Model& model() const { return *model_; }
  /// Runs the test with the profile attached.
  ProfiledRun profile(Workload& workload, const BenchTest& test,
                      const StepProfile::Options& options = {});

 private:
  std::shared_ptr<const Model> model_;
  ThreadTeam team_;
  Engine engine_;
};

/// Runs tests: warm-up, repetitions, each between two samples of its roof.
class BenchRunner {
 public:
  /// "pp512, repetition 3 of 5", for a progress line; may be empty.
  using Progress = std::function<void(const BenchTest& test, int32_t repetition)>;

  BenchRunner(const BenchOptions& options, const BenchEnvironment& environment,
              Progress progress = {});

  /// All tests of the setup on a loaded model, in order.
  void run(const std::shared_ptr<const Model>& model, const BenchModel& info,
           const BenchSetup& setup, std::vector<BenchResult>& results);

 private:
  void run_test(BenchEngine& engine, Workload& workload, BenchResult& result);
  void repeat(BenchEngine& engine, Workload& workload, BenchResult& result);

  const BenchOptions& options_;
  const BenchEnvironment& environment_;
  Progress progress_;
  std::unique_ptr<RoofSampler> sampler_;  ///< for the features of the last setup
};

/// The environment of this process: reads the machine, measures or remembers its roofs.
BenchEnvironment read_environment(const EngineConfig& engine, int32_t n_threads,
                                  const RoofProgress& progress = {});

/// What a loaded model says of itself. path: as the user gave it.
BenchModel describe_model(const Model& model, std::string path);

}  // namespace caracal
