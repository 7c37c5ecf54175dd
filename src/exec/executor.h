#pragma once
#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/matrix_view.h"
#include "exec/plan.h"
#include "exec/sequence_tiles.h"
#include "exec/step_context.h"
#include "exec/step_profile.h"
#include "machine/thread_team.h"

namespace caracal {

/// Walks a plan. Owns the step arena; nothing is allocated in run().
class Executor {
 public:
  /// plan must outlive it. max_threads: of the largest team that will run it. states: per layer,
  /// where its KV lies (see StepContext::state).
  Executor(const Plan& plan, int32_t max_threads, std::vector<std::byte*> states);

  /// One step over the batch: every region in order, its tiles shared among the team. The batch
  /// holds at most plan.max_rows rows.
  void run(const Batch& batch, ThreadTeam& team);

  /// Steps from now on are recorded in profile, which must have been made for this plan and the
  /// teams that run it; nullptr, as at first: they are not. A step then pays nothing.
  void set_profile(StepProfile* profile) { profile_ = profile; }

  /// Of the last step: logits [n_logit_rows, n_vocab].
  MatrixView<const float> logits() const { return floats(plan_.logits, n_logit_rows_); }
  /// Of the last step: the final hidden state [n_logit_rows, d_model].
  MatrixView<const float> hidden() const { return floats(plan_.hidden, n_logit_rows_); }

  const StepCounters& step_counters() const { return step_counters_; }

 private:
  /// recorder_of(thread) gives what follows that thread through the step.
  template <class RecorderOf>
  void run_regions(const StepContext& step, ThreadTeam& team, RecorderOf recorder_of);
  MatrixView<const float> floats(BufferId id, int32_t rows) const;
  int64_t n_tiles(const Chain& chain, const StepContext& step) const;
  int64_t n_tiles(const Region& region, const StepContext& step) const;
  template <class Recorder>
  void run_region(const Region& region, const StepContext& step, int32_t n_threads,
                  std::atomic<int64_t>& next, std::span<std::byte> scratch,
                  Recorder& recorder) noexcept;
  template <class Done>
  void run_tile(const Chain& chain, int64_t index, const StepContext& step,
                std::span<std::byte> scratch, Done done) noexcept;
  SequenceTiles& tiles_of(const TileSpace& space);
  const SequenceTiles& tiles_of(const TileSpace& space) const;

  const Plan& plan_;
  AlignedBuffer arena_;
  AlignedBuffer scratch_;
  std::vector<std::byte*> bases_;
  std::vector<std::byte*> states_;
  // Tiles handed out so far, one counter per region and on its own cache line.
  struct alignas(64) Counter {
    std::atomic<int64_t> next{0};
  };
  std::unique_ptr<Counter[]> counters_;
  std::vector<SequenceTiles> sequence_tiles_;  // one for each such TileSpace of the plan
  StepCounters step_counters_;
  int32_t n_logit_rows_ = 0;
  StepProfile* profile_ = nullptr;
};

}  // namespace caracal
