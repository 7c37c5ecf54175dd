#include "cli/bench_compare.h"

#include <filesystem>

#include "base/error.h"
#include "bench/compare/compare_runner.h"
#include "cli/interrupt.h"
#include "cli/progress_line.h"

namespace caracal::cli {
namespace {

namespace fs = std::filesystem;

/// Runs this very program, also where its file has been replaced meanwhile.
constexpr const char* kOwnProgram = "/proc/self/exe";

fs::path worker_of(const CompareFlags& flags) {
  if (flags.worker.empty()) return find_peer_worker(fs::read_symlink(kOwnProgram));
  if (!fs::is_regular_file(flags.worker))
    throw Error(ErrorCode::not_found, "a file expected, found none", flags.worker);
  return flags.worker;
}

/// A model that is not there is our user's mistake, not a fault of the first engine that misses it.
void check_models(const std::vector<std::string>& models) {
  for (const std::string& model : models)
    if (!fs::exists(model)) throw Error(ErrorCode::not_found, "no such file or folder", model);
}

}  // namespace

CompareReport run_compare(const BenchOptions& bench, const CompareFlags& flags,
                          const std::vector<std::string>& models,
                          const std::function<BenchEnvironment()>& environment) {
  const CompareOptions options{bench, flags.peers, flags.pythons, flags.worker};
  if (bench.with_operators)
    throw Error(ErrorCode::bad_config, "`caracal bench compare` profiles nothing", "--operators");
  check_compare(options);
  const fs::path worker = worker_of(flags);
  check_models(models);
  CompareReport report{.environment = environment()};
  const InterruptGuard interrupt(InterruptGuard::Mode::once);
  ProgressLine line("comparing", {.name = "runs", .size = 1});
  CompareRunner runner(options, kOwnProgram, worker.string(), &interrupt.flag(),
                       [&](size_t done, size_t all) { line.update(done, all); });
  runner.run(models, report);
  return report;
}

}  // namespace caracal::cli
