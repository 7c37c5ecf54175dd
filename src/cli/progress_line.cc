#include "cli/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace caracal::cli {
namespace {

using namespace std::chrono_literals;
constexpr auto kQuietFor = 500ms;
constexpr auto kBetween = 100ms;

}  // namespace

ProgressLine::ProgressLine(std::string label, ProgressUnit unit)
    : label_(std::move(label)),
      unit_(unit),
      on_terminal_(isatty(STDERR_FILENO) == 1),
      next_(Clock::now() + kQuietFor) {}

ProgressLine::~ProgressLine() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void ProgressLine::update(uint64_t done, uint64_t total) {
  if (!on_terminal_ || Clock::now() < next_) return;
  next_ = Clock::now() + kBetween;
  shown_ = true;
  if (total > 0)
    fmt::print(stderr, "\r\033[K{} {:3} %  {} of {} {}", label_, done * 100 / total,
               done / unit_.size, total / unit_.size, unit_.name);
  else
    fmt::print(stderr, "\r\033[K{} {} {}", label_, done / unit_.size, unit_.name);
  std::fflush(stderr);
}

}  // namespace caracal::cli
