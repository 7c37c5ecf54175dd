#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace caracal {

/// Threads this process may really use: the affinity mask, cut by the cgroup CPU quota; at least 1.
int32_t available_threads();

/// A barrier for a fixed number of threads that spins for a few tens of microseconds and then
/// sleeps in the kernel. Pure spinning starves the very thread that is waited for when a neighbour
/// takes its core; pure sleeping costs a wake-up per region.
class HybridBarrier {
 public:
  explicit HybridBarrier(int32_t n_threads) : n_threads_(n_threads) {}

  /// Returns when all n_threads have arrived. last() runs on the thread that arrives last, before
  /// anyone is released, so that it may prepare what comes next without a lock.
  template <class Last>
  void arrive_and_wait(Last&& last) {
    const uint32_t phase = phase_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == n_threads_) {
      arrived_.store(0, std::memory_order_relaxed);
      last();
      release(phase);
    } else {
      wait(phase);
    }
  }

 private:
  void wait(uint32_t phase);
  void release(uint32_t phase);

  const int32_t n_threads_;
  alignas(64) std::atomic<int32_t> arrived_{0};
  alignas(64) std::atomic<uint32_t> phase_{0};
  std::atomic<int32_t> sleepers_{0};
};

/// A persistent team. The calling thread is member 0; the others sleep between jobs.
class ThreadTeam {
 public:
  using Job = void (*)(void* context, int32_t thread) noexcept;

  /// n_threads >= 1.
  explicit ThreadTeam(int32_t n_threads);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int32_t size() const { return n_threads_; }

  /// Runs job(context, t) once on each member t and returns when all are done. Not reentrant; calls
  /// must come from one thread at a time. Allocates nothing.
  void run(Job job, void* context);

  template <class F>
  void run(F&& f) {
    run([](void* context, int32_t thread) noexcept { (*static_cast<F*>(context))(thread); }, &f);
  }

  /// For use inside a job: all members meet here; last() runs once, on the one that comes last.
  template <class Last>
  void barrier(Last&& last) {
    if (n_threads_ == 1)
      last();
    else
      barrier_.arrive_and_wait(last);
  }

 private:
  void member_loop(int32_t thread);

  const int32_t n_threads_;
  HybridBarrier barrier_;
  std::vector<std::jthread> members_;
  Job job_ = nullptr;
  void* context_ = nullptr;
  alignas(64) std::atomic<uint32_t> generation_{0};  // counts jobs; members sleep on it
  std::atomic<bool> stopping_{false};
};

/// Calls body(begin, end) over [0, n) in chunks that any member may take.
template <class Body>
void parallel_for(ThreadTeam& team, int64_t n, int64_t chunk, Body&& body) {
  std::atomic<int64_t> next{0};
  team.run([&](int32_t) {
    for (int64_t begin; (begin = next.fetch_add(chunk, std::memory_order_relaxed)) < n;)
      body(begin, begin + chunk < n ? begin + chunk : n);
  });
}

}  // namespace caracal
