#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "base/aligned_buffer.h"
#include "exec/executor.h"
#include "kv/block_pool.h"
#include "kv/kv_layout.h"
#include "machine/thread_team.h"
#include "model/model.h"
#include "plan/build_plan.h"

namespace caracal {

/// A model with its plan and its KV memory: runs batches, knows nothing of requests.
class ModelRunner {
 public:
  /// n_blocks: KV blocks in the pool, shared by all sequences.
  ModelRunner(std::shared_ptr<const Model> model, const PlanOptions& options, int32_t n_blocks,
              ThreadTeam& decode_team, ThreadTeam& prefill_team);

  const Model& model() const { return *model_; }
  const PlanOptions& options() const { return options_; }
  const Plan& plan() const { return plan_; }
  BlockPool& pool() { return pool_; }
  size_t kv_bytes() const { return kv_.size(); }

  /// Called with every batch before it runs; empty: nothing is called.
  using StepHook = std::function<void(const Batch&)>;
  void set_step_hook(StepHook hook) { step_hook_ = std::move(hook); }
  /// See Executor::set_profile.
  void set_profile(StepProfile* profile) { executor_.set_profile(profile); }

  const StepCounters& step_counters() const { return executor_.step_counters(); }

  /// Runs the batch; logits(i) belongs to batch.logit_rows[i] until the next run. Token ids must be
  /// inside the vocabulary and every slot must have its block.
  void run(const Batch& batch);
  MatrixView<const float> logits() const { return executor_.logits(); }
  /// The same of the final hidden state [rows, d_model]; all there is with PlanOutput::hidden.
  MatrixView<const float> hidden() const { return executor_.hidden(); }

 private:
  std::shared_ptr<const Model> model_;
  PlanOptions options_;
  Plan plan_;
  BlockPool pool_;
  AlignedBuffer kv_;  // layer after layer, each n_blocks * block_bytes
  ThreadTeam& decode_team_;
  ThreadTeam& prefill_team_;
  Executor executor_;
  StepHook step_hook_;
};

/// Bytes of n_blocks KV blocks over all layers.
size_t kv_bytes(const std::vector<KvLayout>& layouts, int32_t n_blocks);

}  // namespace caracal
