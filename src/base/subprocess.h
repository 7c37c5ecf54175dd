#pragma once
#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

namespace caracal {

struct ProcessOptions {
  size_t max_output = 1 << 20;  ///< bytes of standard output; a program that writes more is killed
  bool join_errors = false;  ///< standard error is captured with standard output; else it is ours
  /// Set, for example, by a signal handler: the program is ended and Error(cancelled) thrown.
  const std::atomic<bool>* cancel = nullptr;
};

/// What a program that has ended left behind.
struct ProcessResult {
  std::string output;
  int exit_status = 0;     ///< meaningless when signal is not 0
  int signal = 0;          ///< that ended it; 0: it ended by itself
  double cpu_seconds = 0;  ///< of it and of those of its children that it waited for

  bool succeeded() const { return signal == 0 && exit_status == 0; }
};

/// "exit status 3", "signal 11 (Segmentation fault)".
std::string describe_end(const ProcessResult& result);

/// Runs a program to its end: argv[0], looked for in PATH unless it has a slash, no shell, standard
/// input empty. It stays in our process group, so that Ctrl-C on a terminal reaches it too; no
/// outcome leaves it running. Throws Error(not_found / io) when it cannot be started, Error(io)
/// when it writes too much, Error(cancelled). How it ended is for the caller to judge.
ProcessResult run_process(std::vector<std::string> argv, const ProcessOptions& options = {});

}  // namespace caracal
