#include "model/hf/hf_metadata.h"

#include <array>

#include "files/byte_reader.h"
#include "model/vocab_hf.h"

namespace caracal {
namespace {

/// The folder's name; in the hub's cache (models--ORG--NAME/snapshots/COMMIT) the repository's.
std::string name_of(const std::filesystem::path& path) {
  const std::filesystem::path folder = std::filesystem::weakly_canonical(path);
  if (folder.parent_path().filename() != "snapshots") return folder.filename().string();
  const std::string repo = folder.parent_path().parent_path().filename().string();
  const size_t at = repo.rfind("--");
  return at == repo.npos ? repo : repo.substr(at + 2);
}

void write_general(const HfDirectory& directory, GgufHeader& header) {
  header.set_string("general.type", "model");
  const std::string name = name_of(directory.path);
  if (!name.empty()) header.set_string("general.name", name);
  if (!directory.licence.empty()) header.set_string("general.license", directory.licence);
}

/// generation_config.json: how its authors sample.
void write_sampling(const HfConfig& generation, GgufHeader& header) {
  if (const auto k = generation.find_int("top_k", 0, 1 << 28))
    header.set<int32_t>("general.sampling.top_k", static_cast<int32_t>(*k));
  constexpr std::array<std::array<std::string_view, 2>, 4> kNumbers = {{
      {"top_p", "general.sampling.top_p"},
      {"min_p", "general.sampling.min_p"},
      {"temperature", "general.sampling.temp"},
      {"repetition_penalty", "general.sampling.penalty_repeat"},
  }};
  for (const auto& [from, to] : kNumbers)
    if (const auto value = generation.find_number(from))
      header.set<float>(to, static_cast<float>(*value));
}

/// Of sentence-transformers; the numbers are llama.cpp's.
void write_pooling(const HfConfig& pooling, std::string_view arch, GgufHeader& header) {
  struct Row {
    std::string_view flag, mode;
    uint32_t type;
  };
  constexpr Row kRows[] = {{"pooling_mode_mean_tokens", "mean", 1},
                           {"pooling_mode_cls_token", "cls", 2},
                           {"pooling_mode_lasttoken", "lasttoken", 3}};
  const auto mode = pooling.find_text("pooling_mode");
  uint32_t found = 0;
  for (const Row& row : kRows)
    if (found == 0 && (mode ? *mode == row.mode : pooling.find_flag(row.flag).value_or(false)))
      found = row.type;
  if (found == 0) pooling.refuse("pooling_mode", "mean, cls or lasttoken", ErrorCode::unsupported);
  header.set<uint32_t>(fmt::format("{}.pooling_type", arch), found);
}

/// chat_template.jinja, or what tokenizer_config.json holds: a text, or several by name.
void write_chat_templates(const HfDirectory& directory, GgufHeader& header) {
  if (!directory.chat_template.empty())
    return header.set_string("tokenizer.chat_template", directory.chat_template);
  if (!directory.tokenizer_config) return;
  const HfConfig& config = *directory.tokenizer_config;
  if (!config.is_list("chat_template")) {
    if (const auto text = config.find_text("chat_template"))
      header.set_string("tokenizer.chat_template", *text);
    return;
  }
  for (const HfConfig& entry : config.objects("chat_template")) {
    const std::string name = entry.find_text("name").value_or("");
    const auto text = entry.find_text("template");
    if (!text || name.empty()) entry.refuse("template", "a name and a template");
    header.set_string(
        name == "default" ? "tokenizer.chat_template" : "tokenizer.chat_template." + name, *text);
  }
}

std::vector<int32_t> stop_ids_of(const HfDirectory& directory) {
  if (!directory.generation) return {};
  const auto ids = directory.generation->find_ids("eos_token_id");
  return ids ? std::vector<int32_t>(ids->begin(), ids->end()) : std::vector<int32_t>();
}

}  // namespace

std::vector<MadeTensor> write_hf_metadata(const HfDirectory& directory, const HfFamily& family,
                                          GgufHeader& header) {
  std::vector<MadeTensor> made = write_hf_keys(family, directory.config, header);
  write_general(directory, header);
  if (directory.generation) write_sampling(*directory.generation, header);
  if (directory.pooling) write_pooling(*directory.pooling, family.arch, header);
  if (const auto n = text_config_of(directory.config).find_count("type_vocab_size"))
    header.set<uint32_t>("tokenizer.ggml.token_type_count", static_cast<uint32_t>(*n));
  write_chat_templates(directory, header);
  return made;
}

void write_hf_tokenizer(const HfDirectory& directory, GgufHeader& header) {
  if (directory.tokenizer_json.empty()) return;
  header.set_string(kHfTokenizerKey, directory.tokenizer_json);
  if (!directory.tokenizer_config_json.empty())
    header.set_string(kHfTokenizerConfigKey, directory.tokenizer_config_json);
  const std::vector<int32_t> stop_ids = stop_ids_of(directory);
  if (!stop_ids.empty()) header.set_array<int32_t>(kHfStopIdsKey, stop_ids);
}

}  // namespace caracal
