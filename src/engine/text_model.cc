#include "engine/text_model.h"

#include "machine/machine_cache.h"
#include "model/vocab_gguf.h"

namespace caracal {
namespace {

Engine::Vocabulary engine_vocabulary(const Tokenizer& tokenizer) {
  Engine::Vocabulary out{.stop_ids = tokenizer.vocab().stop_ids};
  out.token_texts.reserve(static_cast<size_t>(tokenizer.n_vocab()));
  for (TokenId id = 0; id < tokenizer.n_vocab(); ++id)
    out.token_texts.emplace_back(tokenizer.piece(id));
  return out;
}

}  // namespace

int32_t resolve_threads(int32_t setting) { return setting > 0 ? setting : available_threads(); }

LoadOptions load_options(const EngineConfig& config) {
  return {.features = detect_cpu_features() & cpu_feature_mask(config.isa),
          .numerics = *find_numerics(config.numerics),
          .use_mmap = config.use_mmap,
          .lock_memory = config.use_mlock,
          .rope = config.rope_override(),
          .linear_shape = config.linear_shape == "flat"   ? LinearShape::flat
                          : config.linear_shape == "gemm" ? LinearShape::gemm
                                                          : LinearShape::automatic,
          .tuning_folder = machine_cache_folder()};
}

TextModel::TextModel(const std::filesystem::path& path, const EngineConfig& config,
                     const Progress& progress)
    : config_(config) {
  const int32_t n_decode = resolve_threads(config.n_threads);
  const int32_t n_prefill = config.n_threads_batch > 0 ? config.n_threads_batch : n_decode;
  decode_ = std::make_unique<ThreadTeam>(n_decode);
  if (n_prefill != n_decode) prefill_ = std::make_unique<ThreadTeam>(n_prefill);
  model_ = Model::load(path, load_options(config), prefill_team(), progress);
  tokenizer_ = make_tokenizer(read_vocab(model_->file()));
  engine_ = std::make_unique<Engine>(model_, config, engine_vocabulary(*tokenizer_), *decode_,
                                     prefill_team());
}

std::string TextModel::chat_template() const {
  return std::string(model_->file().get_string("tokenizer.chat_template").value_or(""));
}

std::string TextModel::token_text(TokenId id) const {
  return id == kNoToken ? std::string() : tokenizer_->vocab().pieces[static_cast<size_t>(id)];
}

}  // namespace caracal
