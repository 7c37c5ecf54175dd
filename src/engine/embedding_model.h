#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/embedder.h"
#include "machine/thread_team.h"
#include "text/tokenizer/tokenizer.h"

namespace caracal {

/// A model together with its words, its threads and an embedder over it: what `embed` opens.
class EmbeddingModel {
 public:
  using Progress = std::function<void(uint64_t done, uint64_t total)>;

  /// Throws what Model::load, read_vocab, make_tokenizer and Embedder throw.
  EmbeddingModel(const std::filesystem::path& path, const EngineConfig& config,
                 const EmbedOptions& options, const Progress& progress = {});

  const Model& model() const { return *model_; }
  const Tokenizer& tokenizer() const { return *tokenizer_; }
  Embedder& embedder() { return *embedder_; }

 private:
  ThreadTeam team_;
  std::shared_ptr<const Model> model_;
  std::unique_ptr<const Tokenizer> tokenizer_;
  std::unique_ptr<Embedder> embedder_;
};

}  // namespace caracal
