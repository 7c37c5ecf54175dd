#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace caracal::cli {

/// "loading  42 %  57 of 138 MB" on standard error, rewritten in place and wiped at the end. Silent
/// when standard error is no terminal, and until the work has taken half a second.
class ProgressLine {
 public:
  explicit ProgressLine(std::string label);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Bytes; total 0: not known.
  void update(uint64_t done, uint64_t total);

 private:
  using Clock = std::chrono::steady_clock;
  const std::string label_;
  const bool on_terminal_;
  Clock::time_point next_;
  bool shown_ = false;
};

}  // namespace caracal::cli
