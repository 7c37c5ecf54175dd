#pragma once
#include <memory>
#include <string>

#include "engine/scorer.h"
#include "text/tokenizer/tokenizer.h"

namespace caracal::cli {

/// Threads for scoring: those of prefill.
std::unique_ptr<ThreadTeam> make_scoring_team(const EngineConfig& config);

/// A loaded model with its words, ready to score sequences.
class EvalModel {
 public:
  /// team must outlive it. Throws what Model::load, read_vocab and make_tokenizer throw.
  EvalModel(const std::string& path, const EngineConfig& config, ThreadTeam& team);

  const Tokenizer& tokenizer() const { return *tokenizer_; }
  int32_t n_vocab() const { return model_->config().n_vocab; }
  /// --ctx-size, or else what the longest sequence needs. A context beyond the trained one is
  /// warned of.
  int32_t context_for(int32_t longest) const;
  /// With room for n_ctx tokens.
  std::unique_ptr<Scorer> make_scorer(int32_t n_ctx) const;
  ThreadTeam& team() const { return team_; }

 private:
  EngineConfig config_;
  ThreadTeam& team_;
  std::shared_ptr<const Model> model_;
  std::unique_ptr<const Tokenizer> tokenizer_;
};

}  // namespace caracal::cli
