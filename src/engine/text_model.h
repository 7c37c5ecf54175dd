#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "engine/engine.h"
#include "machine/thread_team.h"
#include "model/model.h"
#include "text/tokenizer/tokenizer.h"

namespace caracal {

/// A model together with its words, its threads and an engine over it: what `run`, `chat`, `serve`
/// and the C ABI open.
class TextModel {
 public:
  using Progress = std::function<void(uint64_t done, uint64_t total)>;

  /// Throws what Model::load, read_vocab and make_tokenizer throw.
  TextModel(const std::filesystem::path& path, const EngineConfig& config,
            const Progress& progress = {});

  const Model& model() const { return *model_; }
  const Tokenizer& tokenizer() const { return *tokenizer_; }
  const EngineConfig& config() const { return config_; }
  Engine& engine() { return *engine_; }
  ThreadTeam& prefill_team() { return prefill_ ? *prefill_ : *decode_; }
  ThreadTeam& decode_team() { return *decode_; }

  /// The file's chat template; empty when it has none.
  std::string chat_template() const;
  /// What the template calls bos_token and eos_token.
  std::string bos_token() const { return token_text(tokenizer_->vocab().bos); }
  std::string eos_token() const { return token_text(tokenizer_->vocab().eos); }

 private:
  std::string token_text(TokenId id) const;

  EngineConfig config_;
  std::unique_ptr<ThreadTeam> decode_;
  std::unique_ptr<ThreadTeam> prefill_;  // only when its size differs
  std::shared_ptr<const Model> model_;
  std::unique_ptr<const Tokenizer> tokenizer_;
  std::unique_ptr<Engine> engine_;
};

/// Threads a setting of 0 stands for.
int32_t resolve_threads(int32_t setting);
/// How the settings want a model loaded. Throws Error(bad_config) for an unknown --isa.
LoadOptions load_options(const EngineConfig& config);

}  // namespace caracal
