#pragma once
#include <functional>
#include <memory>
#include <span>

#include "engine/model_runner.h"
#include "spec/engine_config.h"

namespace caracal {

/// Teacher forcing: runs given tokens and hands out the logits of every position. Perplexity, KL
/// and parity checks are built on it.
class Scorer {
 public:
  /// position within the sequence; logits [n_vocab], valid during the call: what the model expects
  /// after tokens[0..position].
  using RowSink = std::function<void(int32_t position, std::span<const float> logits)>;

  /// Uses the settings of config that concern memory, context and KV types.
  Scorer(const std::shared_ptr<const Model>& model, const EngineConfig& config, ThreadTeam& team);

  int32_t n_ctx() const { return n_ctx_; }

  /// Throws Error(bad_request) when the tokens do not fit the context or the vocabulary.
  void check(std::span<const TokenId> tokens) const;

  /// Runs tokens from an empty context, in chunks; calls sink once per token, in order. Throws what
  /// check throws.
  void score(std::span<const TokenId> tokens, const RowSink& sink);

 private:
  int32_t n_ctx_;
  ModelRunner runner_;
  Batch batch_;
};

}  // namespace caracal
