#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

namespace caracal::cli {

/// How fast bytes come, over the last seconds.
class TransferRate {
 public:
  using Clock = std::chrono::steady_clock;
  void add(Clock::time_point now, uint64_t done_bytes);
  /// 0 until there is something to measure.
  double bytes_per_s() const;

 private:
  struct Sample {
    Clock::time_point at;
    uint64_t bytes;
  };
  std::deque<Sample> samples_;
};

/// "[########--------------]  36 %  51 of 138 MB  12.3 MB/s  0:07 left"; without total_bytes only
/// what is known. rate 0: not known.
std::string transfer_text(uint64_t done_bytes, uint64_t total_bytes, double bytes_per_s);

/// That text on standard error, rewritten in place and wiped at the end. Silent when standard error
/// is no terminal.
class TransferLine {
 public:
  TransferLine();
  ~TransferLine();
  TransferLine(const TransferLine&) = delete;
  TransferLine& operator=(const TransferLine&) = delete;

  /// Bytes; total 0: not known.
  void update(uint64_t done_bytes, uint64_t total_bytes);

 private:
  using Clock = TransferRate::Clock;
  const bool on_terminal_;
  Clock::time_point next_;
  TransferRate rate_;
  bool shown_ = false;
};

}  // namespace caracal::cli
