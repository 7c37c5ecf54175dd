#pragma once
#include <atomic>
#include <functional>
#include <string>

#include "bench/compare/comparison.h"
#include "bench/compare/peers.h"

namespace caracal {

/// Runs caracal and its peers in turn (A B C A B C ...), each repetition in a process of its own:
/// where the weights happen to lie in memory changes speeds by a tenth and more, and one process
/// would measure one such place over and over.
class CompareRunner {
 public:
  using Progress = std::function<void(size_t done, size_t all)>;

  /// options must have passed check_compare. program: our own. cancel: see ProcessOptions.
  CompareRunner(const CompareOptions& options, std::string program, std::string worker,
                const std::atomic<bool>* cancel, Progress progress = {});

  /// Every setup on every model, appended to the report.
  void run(const std::vector<std::string>& models, CompareReport& report);

 private:
  /// An engine and what it has said so far for one setup.
  struct Side {
    std::string engine, variant;
    std::vector<EngineRun> runs;
  };

  std::vector<Side> make_sides() const;
  void compare(const std::string& model, const BenchSetup& setup, CompareReport& report);
  /// Our own repetitions and theirs in turn. Returns the share of the cores that others used.
  double take_turns(const std::string& model, const BenchSetup& setup, std::vector<Side>& sides);
  void run_once(const std::string& model, const BenchSetup& setup, Side& side);

  const CompareOptions& options_;
  const std::string program_, worker_;
  const std::atomic<bool>* cancel_;
  const Progress progress_;
  size_t n_done_ = 0, n_all_ = 0;
  double own_cpu_seconds_ = 0;
};

}  // namespace caracal
