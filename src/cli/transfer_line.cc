#include "cli/transfer_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace caracal::cli {
namespace {

using namespace std::chrono_literals;
constexpr auto kBetween = 100ms;
constexpr auto kWindow = 5s;
constexpr double kMega = 1e6;
constexpr uint64_t kBarCells = 24;

std::string duration_text(double seconds) {
  const auto s = static_cast<uint64_t>(seconds + 0.5);
  constexpr uint64_t kMinute = 60, kHour = 3600;
  if (s >= kHour) return fmt::format("{}:{:02}:{:02}", s / kHour, s % kHour / kMinute, s % kMinute);
  return fmt::format("{}:{:02}", s / kMinute, s % kMinute);
}

}  // namespace

void TransferRate::add(Clock::time_point now, uint64_t done_bytes) {
  if (!samples_.empty() && done_bytes < samples_.back().bytes) samples_.clear();  // started over
  samples_.push_back({now, done_bytes});
  while (samples_.size() > 2 && now - samples_[1].at >= kWindow) samples_.pop_front();
}

double TransferRate::bytes_per_s() const {
  if (samples_.size() < 2) return 0;
  const std::chrono::duration<double> time = samples_.back().at - samples_.front().at;
  if (time.count() <= 0) return 0;
  return static_cast<double>(samples_.back().bytes - samples_.front().bytes) / time.count();
}

std::string transfer_text(uint64_t done, uint64_t total, double rate) {
  std::string text;
  if (total > 0) {
    done = std::min(done, total);
    const auto share = static_cast<double>(done) / static_cast<double>(total);
    const auto filled = static_cast<uint64_t>(share * kBarCells);
    text = fmt::format("[{}{}] {:3.0f} %  ", std::string(filled, '#'),
                       std::string(kBarCells - filled, '-'), share * 100);
    text += fmt::format("{:.0f} of {:.0f} MB", static_cast<double>(done) / kMega,
                        static_cast<double>(total) / kMega);
  } else {
    text = fmt::format("{:.0f} MB", static_cast<double>(done) / kMega);
  }
  if (rate <= 0) return text;
  text += fmt::format("  {:.1f} MB/s", rate / kMega);
  if (total > 0)
    text += fmt::format("  {} left", duration_text(static_cast<double>(total - done) / rate));
  return text;
}

TransferLine::TransferLine() : on_terminal_(isatty(STDERR_FILENO) == 1), next_(Clock::now()) {}

TransferLine::~TransferLine() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void TransferLine::update(uint64_t done, uint64_t total) {
  const auto now = Clock::now();
  if (!on_terminal_ || now < next_) return;
  next_ = now + kBetween;
  rate_.add(now, done);
  shown_ = true;
  fmt::print(stderr, "\r\033[K{}", transfer_text(done, total, rate_.bytes_per_s()));
  std::fflush(stderr);
}

}  // namespace caracal::cli
