#pragma once
/// The loop: requests in, tokens out, one step at a time.
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "decode/sampler/logprobs.h"
#include "decode/sampler/sampler_chain.h"
#include "engine/model_runner.h"
#include "sched/step_scheduler.h"
#include "spec/engine_config.h"
#include "spec/sampling_params.h"

namespace caracal {

enum class FinishReason : uint8_t {
  none,       ///< still running
  stop,       ///< a stop id, or the caller saw a stop string
  length,     ///< max_tokens, or the context is full
  cancelled,  ///< the caller gave up
  failed,     ///< logits that are not numbers, or nothing left to choose from
  no_memory,  ///< the KV pool cannot hold the sequence
};
std::string_view name_of(FinishReason reason);

using SequenceId = int64_t;
inline constexpr SequenceId kNoSequence = -1;

struct Request {
  std::vector<TokenId> prompt;
  SamplingParams sampling;
  /// A finished sequence whose KV is taken over as far as its tokens are a prefix of the prompt.
  SequenceId resume = kNoSequence;
  bool keep_kv = false;  ///< after its end the sequence stays until release() or resume
};

/// What happened to one sequence in one step.
struct TokenEvent {
  SequenceId sequence = kNoSequence;
  TokenId token = kNoToken;  ///< kNoToken when it ended without one
  FinishReason finish = FinishReason::none;
  const Logprobs* logprobs = nullptr;  ///< when asked for; valid during the callback
};

/// Not thread safe: one thread submits and steps. A warm step allocates nothing.
class Engine {
 public:
  /// Calls for each token of each sequence; may call cancel().
  using Sink = std::function<void(const TokenEvent&)>;

  /// What chains need besides the request: the model's end tokens and what each token spells.
  struct Vocabulary {
    std::vector<TokenId> stop_ids;
    std::vector<std::string> token_texts;  ///< for DRY; may be empty
  };

  Engine(std::shared_ptr<const Model> model, const EngineConfig& config, Vocabulary vocabulary,
         ThreadTeam& decode_team, ThreadTeam& prefill_team);
  ~Engine();

  int32_t n_ctx() const { return n_ctx_; }
  ModelRunner& runner() { return runner_; }

  /// Queues a request. Throws Error(bad_request) when the prompt is empty, has ids outside the
  /// vocabulary or leaves no room in the context, Error(bad_config) for unusable sampling.
  SequenceId submit(Request request);
  /// Ends a sequence at the next step; unknown ids are ignored.
  void cancel(SequenceId id, FinishReason reason = FinishReason::cancelled);
  /// Forgets a finished sequence that kept its KV.
  void release(SequenceId id);
  /// Tokens of the prompt whose KV was taken over, not computed.
  int32_t n_reused(SequenceId id) const;
  /// Prompt and answer so far.
  std::span<const TokenId> tokens(SequenceId id) const;

  /// One step. False when nothing is left to do.
  bool step(const Sink& sink);

 private:
  struct Sequence;

  Sequence* find(SequenceId id) const;
  void take_over(Sequence& sequence, SequenceId from);
  void plan();
  bool build_batch();
  void emit_tokens(const Sink& sink);
  void emit_token(Sequence& sequence, std::span<const float> logits, const Sink& sink);
  void finish(Sequence& sequence, FinishReason reason);
  /// Tells the sink of ends it has not heard of, and takes the ended ones off the list.
  void retire(const Sink& sink);

  std::shared_ptr<const Model> model_;
  EngineConfig config_;
  Vocabulary vocabulary_;
  int32_t n_ctx_;
  ModelRunner runner_;
  SamplerModel sampler_model_;
  SamplerScratch scratch_;
  std::vector<std::unique_ptr<Sequence>> running_;  // in order of arrival
  std::vector<std::unique_ptr<Sequence>> kept_;
  SequenceId next_id_ = 0;

  // Of the current step; their memory is kept from step to step.
  std::vector<SchedEntry> entries_;
  std::vector<StepShare> shares_;
  Batch batch_;
};

/// The context an engine gives a sequence: config.n_ctx, or the model's own up to a default cap.
int32_t effective_context(const EngineConfig& config, const ModelConfig& model);
/// KV blocks that let every sequence fill its context. Throws Error(bad_config) for absurd counts.
int32_t n_kv_blocks(const EngineConfig& config, const ModelConfig& model);
/// The plan an engine builds.
PlanOptions plan_options(const EngineConfig& config, const ModelConfig& model);

}  // namespace caracal
