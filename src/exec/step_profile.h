#pragma once
#include <chrono>
#include <cstdint>
#include <vector>

#include "exec/step_cost.h"

namespace caracal {

/// Where the time of steps goes. An executor that is given one fills it; without one a step pays
/// nothing. Not for concurrent steps.
class StepProfile {
 public:
  struct Options {
    bool with_trace = false;
    size_t max_events_per_thread = size_t{1} << 17;  ///< what comes later is left out of the trace
  };
  /// plan must outlive it. n_threads: of the team that runs the steps.
  StepProfile(const Plan& plan, int32_t n_threads, const Options& options);

  /// One operator of the plan over all steps so far.
  struct OperatorTotal {
    const Operator* op = nullptr;
    size_t region = 0;
    double busy_s = 0;  ///< all threads together
    int64_t n_tiles = 0;
    StepCost cost;
    double activation_bytes = 0;
  };
  /// In program order. waiting_s() is what threads spent at the barrier after their last tile.
  std::vector<OperatorTotal> operators() const;
  double waiting_s() const;
  double wall_s() const { return wall_s_; }
  int64_t n_steps() const { return n_steps_; }
  int32_t n_threads() const { return static_cast<int32_t>(threads_.size()); }
  const Plan& plan() const { return plan_; }

  /// A stretch of time in which one thread ran tiles of one chain.
  struct Event {
    size_t chain;  ///< index into chains()
    int64_t begin_ns, end_ns;
  };
  struct ChainRef {
    size_t region;
    const Chain* chain;
  };
  const std::vector<ChainRef>& chains() const { return chains_; }
  const std::vector<Event>& events(int32_t thread) const {
    return threads_[static_cast<size_t>(thread)].events;
  }
  bool trace_is_cut() const;

  // What the executor calls.

  /// Follows one thread through a step: time from one call to the next belongs to what the call
  /// names.
  class Recorder {
   public:
    /// Behind the barrier that ends the region before.
    void begin_region(size_t region) noexcept;
    /// Operator number `op` of chain number `chain` of the region has run on a tile.
    void tile_done(size_t chain, size_t op) noexcept;

   private:
    friend class StepProfile;
    struct Slot {
      int64_t busy_ns = 0, n_tiles = 0;
    };
    const StepProfile* profile = nullptr;
    size_t first_chain = 0;  // of the region
    int64_t last_ns = 0, waiting_ns = 0;
    bool with_trace = false, cut = false;
    std::vector<Slot> slots;
    std::vector<Event> events;
  };

  void begin_step(const Batch& batch);
  void end_step();
  Recorder& recorder(int32_t thread) { return threads_[static_cast<size_t>(thread)]; }

 private:
  static int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }

  const Plan& plan_;
  std::vector<OperatorTotal> totals_;  // without times
  std::vector<ChainRef> chains_;
  std::vector<size_t> first_chains_;  // per region, into chains_
  std::vector<size_t> first_slots_;   // per chain, into totals_
  std::vector<Recorder> threads_;
  int64_t step_begin_ns_ = 0;
  int64_t n_steps_ = 0;
  double wall_s_ = 0;
};

/// Stands where a recorder would and does nothing.
struct NoRecorder {
  void begin_region(size_t) noexcept {}
  void tile_done(size_t, size_t) noexcept {}
};

}  // namespace caracal
