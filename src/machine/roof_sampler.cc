#include "machine/roof_sampler.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>

namespace caracal {
namespace {

constexpr size_t kMinReadBytes = size_t{256} << 20;
constexpr size_t kMaxReadBytes = size_t{1} << 30;
constexpr size_t kReadUnit = size_t{2} << 20;  // whole huge pages

constexpr double kPassSeconds = 2e-3;

/// Streams of a thread and how far ahead each is prefetched: what the fastest GEMV kernels do.
struct StreamPattern {
  int32_t n_streams;
  int64_t ahead_bytes;
};
constexpr StreamPattern kPatterns[] = {{1, 2048}, {2, 2048}, {4, 1024}};

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of a list that is not empty; reorders it.
double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

/// Keeps what a loop returns, so that the loop is not empty to the compiler.
template <class T>
void keep(T value) {
  asm volatile("" : : "r,m"(value));
}

/// Seconds that all members need for `rounds` rounds each.
double arithmetic_pass(ArithmeticLoop loop, ThreadTeam& team, int64_t rounds) {
  const auto start = Clock::now();
  team.run([&](int32_t) { keep(loop(rounds)); });
  return seconds_since(start);
}

/// Rounds that one member does in about kPassSeconds.
int64_t calibrate(ArithmeticLoop loop) {
  int64_t rounds = 1000;
  for (;;) {
    const auto start = Clock::now();
    keep(loop(rounds));
    const double seconds = seconds_since(start);
    if (seconds > kPassSeconds / 4)
      return std::max<int64_t>(1, static_cast<int64_t>(rounds * kPassSeconds / seconds));
    rounds *= 4;
  }
}

/// The part of the buffer that a member reads.
std::span<std::byte> share_of(std::span<std::byte> buffer, int32_t thread, int32_t n_threads) {
  constexpr size_t kGrain = 4 * static_cast<size_t>(kReadGrain);
  const size_t share = buffer.size() / static_cast<size_t>(n_threads) / kGrain * kGrain;
  return buffer.subspan(share * static_cast<size_t>(thread), share);
}

}  // namespace

size_t read_probe_bytes(const MachineInfo& machine) {
  const size_t wanted =
      std::clamp<size_t>(8 * machine.last_level_bytes(), kMinReadBytes, kMaxReadBytes);
  const size_t can = machine.memory_free > 0 ? machine.memory_free / 4 : wanted;
  return std::max(std::min(wanted, can) / kReadUnit, size_t{1}) * kReadUnit;
}

RoofSampler::RoofSampler(CpuFeatures features, size_t read_bytes)
    : features_(features), read_bytes_(read_bytes) {}

std::string_view RoofSampler::instruction(Roof roof) const {
  if (roof == Roof::read_bandwidth) return "loads, software prefetch";
  return choose_probe(roof, features_).instruction;
}

double RoofSampler::sample(Roof roof, ThreadTeam& team, double seconds) {
  return roof == Roof::read_bandwidth
             ? sample_read(team, seconds)
             : sample_arithmetic(choose_probe(roof, features_), team, seconds);
}

double RoofSampler::sample_arithmetic(const ArithmeticProbe& probe, ThreadTeam& team,
                                      double seconds) {
  const int64_t rounds = calibrate(probe.run);
  const double ops = static_cast<double>(rounds * probe.ops_per_round) * team.size();
  rates_.clear();
  const auto start = Clock::now();
  do rates_.push_back(ops / arithmetic_pass(probe.run, team, rounds));
  while (seconds_since(start) < seconds);
  return median(rates_);
}

double RoofSampler::sample_read(ThreadTeam& team, double seconds) {
  prepare_buffer(team);
  const ReadLoop loop = choose_read_loop(features_);
  const size_t n_bytes = share_of(buffer_.bytes(), 0, team.size()).size();
  std::vector<double> rates[std::size(kPatterns)];
  const auto start = Clock::now();
  do {
    for (size_t i = 0; i < std::size(kPatterns); ++i) {
      const StreamPattern& pattern = kPatterns[i];
      const auto pass = Clock::now();
      team.run([&](int32_t thread) {
        const auto share = share_of(buffer_.bytes(), thread, team.size());
        keep(loop(share.data(), static_cast<int64_t>(share.size()), pattern.n_streams,
                  pattern.ahead_bytes));
      });
      rates[i].push_back(static_cast<double>(n_bytes) * team.size() / seconds_since(pass));
    }
  } while (seconds_since(start) < seconds);
  double best = 0;
  for (std::vector<double>& r : rates) best = std::max(best, median(r));
  return best;
}

/// Memory that was never written is one page of zeros to the system, which lies in the cache: every
/// member writes its share first.
void RoofSampler::prepare_buffer(ThreadTeam& team) {
  if (buffer_.size() > 0) return;
  buffer_ = AlignedBuffer(read_bytes_, Pages::huge);
  team.run([&](int32_t thread) {
    const auto share = share_of(buffer_.bytes(), thread, team.size());
    std::memset(share.data(), thread + 1, share.size());
  });
}

}  // namespace caracal
