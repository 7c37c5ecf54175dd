#pragma once
#include <functional>
#include <string>
#include <vector>

#include "bench/compare/comparison.h"
#include "bench/compare/peers.h"

namespace caracal::cli {

/// What `caracal bench compare` takes besides the flags of `caracal bench`.
struct CompareFlags {
  std::vector<std::string> peers;
  std::vector<std::string> pythons;
  std::string worker;
};

/// Measures every model with caracal and its peers in turn; Ctrl-C ends the process that is being
/// measured and throws Error(cancelled). environment is asked for once the flags have been found
/// good. Throws Error.
CompareReport run_compare(const BenchOptions& bench, const CompareFlags& flags,
                          const std::vector<std::string>& models,
                          const std::function<BenchEnvironment()>& environment);

}  // namespace caracal::cli
