#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "files/safetensors.h"
#include "model/hf/hf_config.h"

namespace caracal {

/// The files of a Hugging Face checkpoint beside its weights, read and still unjudged.
struct HfDirectory {
  std::filesystem::path path;
  HfConfig config;                           ///< config.json
  std::optional<HfConfig> generation;        ///< generation_config.json
  std::optional<HfConfig> tokenizer_config;  ///< tokenizer_config.json
  std::string tokenizer_json;                ///< as text; empty: the folder has none
  std::string tokenizer_config_json;         ///< as text, with what special_tokens_map.json adds
  std::string chat_template;                 ///< chat_template.jinja
  std::string licence;                       ///< of the model card's front matter
  /// Of sentence-transformers: modules.json, and the configuration of its pooling module.
  std::optional<HfConfig> pooling;

  /// path: the folder or its config.json. Throws Error(not_found / io / bad_file / unsupported).
  static HfDirectory read(const std::filesystem::path& path);

  /// model.safetensors, or the shards of model.safetensors.index.json.
  Safetensors open_weights(MappedFile::Access access) const;
};

/// Whether a path names a Hugging Face checkpoint: a folder, or a file config.json.
bool is_hf_checkpoint(const std::filesystem::path& path);

}  // namespace caracal
