#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/matrix_view.h"
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
  /// Several positions at a time: row r of logits [n, n_vocab] belongs to position + r. The team is
  /// idle during the call.
  using ChunkSink = std::function<void(int32_t position, MatrixView<const float> logits)>;

  /// Uses the settings of config that concern memory, context and KV types.
  Scorer(const std::shared_ptr<const Model>& model, const EngineConfig& config, ThreadTeam& team);

  int32_t n_ctx() const { return n_ctx_; }
  const Model& model() const { return runner_.model(); }

  /// Throws Error(bad_request) when the tokens do not fit the context or the vocabulary.
  void check(std::span<const TokenId> tokens) const;

  /// Runs tokens from an empty context, in chunks; calls sink once per token, in order. Throws what
  /// check throws.
  void score(std::span<const TokenId> tokens, const RowSink& sink);

  /// The same for the positions from first on. Tokens before first that begin the sequence of the
  /// last call too are not computed again, so questions about one text, or the next part of a text,
  /// cost their own tokens only. Throws what check throws.
  void score_from(int32_t first, std::span<const TokenId> tokens, const ChunkSink& sink);

 private:
  /// Tokens below first whose KV is there; the KV of all others is given back.
  int32_t keep_common(int32_t first, std::span<const TokenId> tokens);
  void run(std::span<const TokenId> tokens, int32_t context_len, bool with_logits);

  int32_t n_ctx_;
  ModelRunner runner_;
  BlockTable table_;
  std::vector<TokenId> computed_;  // their KV is in the table
  Batch batch_;
};

}  // namespace caracal
