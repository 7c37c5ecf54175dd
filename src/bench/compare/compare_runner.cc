#include "bench/compare/compare_runner.h"

#include <chrono>
#include <ctime>

#include "engine/text_model.h"
#include "machine/machine_info.h"

namespace caracal {
namespace {

constexpr const char* kOurName = "caracal";

/// Of this process, which waits meanwhile but should not count as somebody else.
double own_process_seconds() {
  timespec now = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Both sides must get the same number.
std::vector<BenchSetup> resolved_setups(const BenchOptions& options) {
  std::vector<BenchSetup> setups = plan_bench(options);
  for (BenchSetup& setup : setups)
    setup.engine.n_threads = setup.engine.n_threads_batch = resolve_threads(setup.engine.n_threads);
  return setups;
}

}  // namespace

CompareRunner::CompareRunner(const CompareOptions& options, std::string program, std::string worker,
                             const std::atomic<bool>* cancel, Progress progress)
    : options_(options),
      program_(std::move(program)),
      worker_(std::move(worker)),
      cancel_(cancel),
      progress_(std::move(progress)) {}

void CompareRunner::run(const std::vector<std::string>& models, CompareReport& report) {
  const std::vector<BenchSetup> setups = resolved_setups(options_.bench);
  report.repetitions = options_.bench.repetitions;
  n_done_ = 0;
  n_all_ =
      models.size() * setups.size() * static_cast<size_t>(report.repetitions) * make_sides().size();
  for (const std::string& model : models)
    for (const BenchSetup& setup : setups) compare(model, setup, report);
}

std::vector<CompareRunner::Side> CompareRunner::make_sides() const {
  std::vector<Side> sides = {{.engine = kOurName, .variant = "", .runs = {}}};
  for (const std::string& peer : options_.peers)
    for (const PeerVariant& variant : variants_of(peer))
      sides.push_back({.engine = peer, .variant = std::string(variant.variant), .runs = {}});
  return sides;
}

void CompareRunner::compare(const std::string& model, const BenchSetup& setup,
                            CompareReport& report) {
  std::vector<Side> sides = make_sides();
  const double others = take_turns(model, setup, sides);
  const EngineRun& ours = sides.front().runs.front();
  for (size_t t = 0; t < setup.tests.size(); ++t) {
    Comparison comparison{.model_path = model,
                          .model_name = ours.model_name,
                          .weights = ours.weights,
                          .engine = setup.engine,
                          .test = setup.tests[t],
                          .roof = ours.tests[t].roof,
                          .engines = {},
                          .others_share = others};
    for (const Side& side : sides) {
      EngineSpeed& speed = comparison.engines.emplace_back();
      speed.engine = side.engine;
      speed.variant = side.variant;
      for (const EngineRun& run : side.runs) {
        const std::string& why = run.left_out.empty() ? run.tests[t].left_out : run.left_out;
        if (!why.empty()) {
          speed.left_out = why;
          speed.whole_file_left_out = !run.left_out.empty();
          continue;
        }
        speed.tokens_per_s.push_back(run.tests[t].tokens_per_s);
        if (run.tests[t].roof) speed.roof_shares.push_back(run.tests[t].roof_share);
      }
    }
    report.comparisons.push_back(std::move(comparison));
  }
  for (const Side& side : sides)
    for (const EngineRun& run : side.runs)
      if (run.left_out.empty())
        report.add_side(EngineSpeed{.engine = side.engine, .variant = side.variant}.name(),
                        run.facts);
}

double CompareRunner::take_turns(const std::string& model, const BenchSetup& setup,
                                 std::vector<Side>& sides) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const double busy_before = read_busy_cpu_seconds();
  const double own_before = own_process_seconds();
  own_cpu_seconds_ = 0;
  for (int32_t r = 0; r < options_.bench.repetitions; ++r)
    for (Side& side : sides) {
      if (progress_) progress_(n_done_++, n_all_);
      const bool cannot = !side.runs.empty() && !side.runs.back().left_out.empty();
      if (!cannot) run_once(model, setup, side);
    }
  const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  return share_of_others(read_busy_cpu_seconds() - busy_before,
                         own_cpu_seconds_ + own_process_seconds() - own_before, elapsed,
                         read_machine_info().n_cpus_online);
}

void CompareRunner::run_once(const std::string& model, const BenchSetup& setup, Side& side) {
  const bool is_ours = side.engine == kOurName;
  const auto argv = is_ours
                        ? own_command(program_, model, setup, options_.bench)
                        : peer_command(python_of(options_.pythons, side.engine), worker_,
                                       {side.engine, side.variant}, model, setup, options_.bench);
  const ProcessResult process = run_process(argv, {.cancel = cancel_});
  own_cpu_seconds_ += process.cpu_seconds;
  side.runs.push_back(
      is_ours ? read_own_run(process, setup)
              : read_peer_run(process, setup,
                              EngineSpeed{.engine = side.engine, .variant = side.variant}.name()));
}

}  // namespace caracal
