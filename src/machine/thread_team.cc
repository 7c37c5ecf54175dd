#include "machine/thread_team.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "machine/cgroup.h"

namespace caracal {
namespace {

// A waiting thread polls for about 2 us (20 to 40 ns each time) and then sleeps. Healthy waits
// between the tiles of a region end within that; polling longer harms: when a neighbour has taken
// the core of the thread that is waited for, it keeps the scheduler from moving that thread to
// ours. Measured on two cores beside one busy process, share of the undisturbed decode speed kept:
// 48 % with 60 polls, 43 % with 200, 25 % with 1500 (docs/performance.md).
constexpr int kSpins = 80;

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

void futex_wait(std::atomic<uint32_t>& word, uint32_t expected) {
  ::syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAIT_PRIVATE, expected, nullptr);
}
void futex_wake_all(std::atomic<uint32_t>& word) {
  ::syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), FUTEX_WAKE_PRIVATE, INT32_MAX);
}

}  // namespace

int32_t available_threads() {
  cpu_set_t set;
  int32_t cpus = ::sched_getaffinity(0, sizeof(set), &set) == 0
                     ? CPU_COUNT(&set)
                     : static_cast<int32_t>(std::thread::hardware_concurrency());
  const double quota = read_cgroup_limits("/").cpus;
  if (std::isfinite(quota)) cpus = std::min(cpus, static_cast<int32_t>(std::ceil(quota)));
  return std::max(cpus, 1);
}

void HybridBarrier::wait(uint32_t phase) {
  for (int i = 0; i < kSpins; ++i) {
    if (phase_.load(std::memory_order_acquire) != phase) return;
    relax();
  }
  sleepers_.fetch_add(1, std::memory_order_seq_cst);
  while (phase_.load(std::memory_order_seq_cst) == phase) futex_wait(phase_, phase);
  sleepers_.fetch_sub(1, std::memory_order_relaxed);
}

void HybridBarrier::release(uint32_t phase) {
  phase_.store(phase + 1, std::memory_order_seq_cst);
  if (sleepers_.load(std::memory_order_seq_cst) > 0) futex_wake_all(phase_);
}

ThreadTeam::ThreadTeam(int32_t n_threads) : n_threads_(n_threads), barrier_(n_threads) {
  CRCL_CHECK_OP(n_threads, >=, 1);
  for (int32_t t = 1; t < n_threads; ++t) members_.emplace_back([this, t] { member_loop(t); });
}

ThreadTeam::~ThreadTeam() {
  stopping_.store(true);
  generation_.fetch_add(1, std::memory_order_release);
  futex_wake_all(generation_);
}

void ThreadTeam::run(Job job, void* context) {
  if (n_threads_ == 1) return job(context, 0);
  job_ = job;
  context_ = context;
  generation_.fetch_add(1, std::memory_order_release);
  futex_wake_all(generation_);
  job(context, 0);
  barrier([] {});
}

void ThreadTeam::member_loop(int32_t thread) {
  uint32_t seen = 0;
  for (;;) {
    for (int i = 0; i < kSpins && generation_.load(std::memory_order_acquire) == seen; ++i) relax();
    while (generation_.load(std::memory_order_acquire) == seen) futex_wait(generation_, seen);
    seen = generation_.load(std::memory_order_acquire);
    if (stopping_.load()) return;
    job_(context_, thread);
    barrier([] {});
  }
}

}  // namespace caracal
