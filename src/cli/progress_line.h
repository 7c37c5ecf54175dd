#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace caracal::cli {

/// What is counted, and how many of them the number on the line stands for.
struct ProgressUnit {
  std::string_view name = "MB";
  uint64_t size = 1'000'000;
};

/// "loading  42 %  57 of 138 MB" on standard error, rewritten in place and wiped at the end. Silent
/// when standard error is no terminal, and until the work has taken half a second.
class ProgressLine {
 public:
  explicit ProgressLine(std::string label, ProgressUnit unit = {});
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Bytes, or what the unit is made of; total 0: not known.
  void update(uint64_t done, uint64_t total);

 private:
  using Clock = std::chrono::steady_clock;
  const std::string label_;
  const ProgressUnit unit_;
  const bool on_terminal_;
  Clock::time_point next_;
  bool shown_ = false;
};

}  // namespace caracal::cli
