#include "engine/embedding_model.h"

#include "engine/text_model.h"
#include "model/vocab_gguf.h"

namespace caracal {
namespace {

/// Nearly every step has several rows of a text.
int32_t n_threads(const EngineConfig& config) {
  return config.n_threads_batch > 0 ? config.n_threads_batch : resolve_threads(config.n_threads);
}

}  // namespace

EmbeddingModel::EmbeddingModel(const std::filesystem::path& path, const EngineConfig& config,
                               const EmbedOptions& options, const Progress& progress)
    : team_(n_threads(config)),
      model_(Model::load(path, load_options(config), team_, progress)),
      tokenizer_(make_tokenizer(read_vocab(model_->file()))),
      embedder_(std::make_unique<Embedder>(model_, config, options, team_)) {}

}  // namespace caracal
