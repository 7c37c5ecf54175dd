#include "cli/eval/eval_model.h"

#include "base/log.h"
#include "cli/progress_line.h"
#include "engine/text_model.h"
#include "model/vocab_gguf.h"

namespace caracal::cli {
namespace {

std::shared_ptr<const Model> load(const std::string& path, const EngineConfig& config,
                                  ThreadTeam& team) {
  ProgressLine progress("loading");
  return Model::load(path, load_options(config), team,
                     [&](uint64_t done, uint64_t total) { progress.update(done, total); });
}

}  // namespace

std::unique_ptr<ThreadTeam> make_scoring_team(const EngineConfig& config) {
  return std::make_unique<ThreadTeam>(
      resolve_threads(config.n_threads_batch > 0 ? config.n_threads_batch : config.n_threads));
}

EvalModel::EvalModel(const std::string& path, const EngineConfig& config, ThreadTeam& team)
    : config_(config),
      team_(team),
      model_(load(path, config, team)),
      tokenizer_(make_tokenizer(read_vocab(model_->file()))) {}

int32_t EvalModel::context_for(int32_t longest) const {
  const int32_t n_trained = model_->config().context_length;
  if (longest > n_trained)
    log::warn("sequences of {} tokens; the model was trained with {}", longest, n_trained);
  return config_.n_ctx > 0 ? config_.n_ctx : longest;
}

std::unique_ptr<Scorer> EvalModel::make_scorer(int32_t n_ctx) const {
  EngineConfig config = config_;
  config.n_ctx = n_ctx;
  return std::make_unique<Scorer>(model_, config, team_);
}

}  // namespace caracal::cli
