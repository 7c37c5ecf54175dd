#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/model_runner.h"
#include "engine/pooling.h"
#include "spec/engine_config.h"

namespace caracal {

struct EmbedOptions {
  /// Nothing: as the model says; one that does not say is pooled by mean if it is an encoder and by
  /// its last token if it is a decoder.
  std::optional<Pooling> pooling;
  int32_t norm = 2;  ///< of every vector; see normalize()
};

/// Texts in, vectors out. An encoder reads a text in one step, since every token sees all of it; a
/// decoder's text may come in chunks. Short texts share steps of up to config.n_batch rows; what a
/// text gives does not depend on the others. KV blocks are held by the texts of the current step
/// only. Not thread safe.
class Embedder {
 public:
  /// Uses the settings of config that concern memory and context, and for decoders KV types; keys
  /// and values of an encoder live for one step and stay f32. Throws Error(bad_config) for a
  /// context that the model cannot have.
  Embedder(const std::shared_ptr<const Model>& model, const EngineConfig& config,
           const EmbedOptions& options, ThreadTeam& team);
  ~Embedder();

  int32_t d_model() const { return runner_.model().config().d_model; }
  Pooling pooling() const { return pooling_; }
  /// Tokens that a text may have.
  int32_t max_tokens() const;

  /// Throws Error(bad_request) naming `what` when the text has no token, too many, or ids outside
  /// the vocabulary.
  void check(std::span<const TokenId> text, std::string_view what) const;

  /// One embedding per text, in order: [d_model], or with Pooling::none [n_tokens, d_model]. Checks
  /// every text before it computes any. Messages count texts from first_index ("text 3"). Throws
  /// Error(bad_file) when the model gives something that is not a number.
  std::vector<std::vector<float>> embed(std::span<const std::vector<TokenId>> texts,
                                        size_t first_index = 0);

  const BlockPool& kv_pool() { return runner_.pool(); }

 private:
  struct Text;

  void fill_step(std::span<const std::vector<TokenId>> texts, size_t& next);
  /// Rows of a text with n_pending tokens that fit into `room` rows.
  int32_t rows_to_take(int32_t n_pending, int32_t room) const;
  void append(Text& text, int32_t n_rows);
  void collect(std::vector<std::vector<float>>& out);
  std::vector<float> finish(const Text& text) const;

  Pooling pooling_;
  int32_t norm_;
  size_t first_index_ = 0;  // of the call
  ModelRunner runner_;
  Batch batch_;
  std::vector<std::unique_ptr<Text>> running_;  // of the current step, in order
};

/// The plan an embedder builds, and the KV blocks it holds at most.
PlanOptions embedding_plan(const EngineConfig& config, const Model& model);
int32_t n_embedding_blocks(const PlanOptions& plan, const ModelConfig& model);

}  // namespace caracal
