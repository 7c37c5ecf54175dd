#include "model/hf/hf_directory.h"

#include <algorithm>

#include "base/file.h"
#include "files/byte_reader.h"
#include "model/vocab_hf.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxTokenizerBytes = uint64_t{256} << 20;
constexpr uint64_t kMaxTextBytes = uint64_t{16} << 20;

std::string read_if_there(const fs::path& path, uint64_t max_bytes = kMaxTextBytes) {
  return fs::exists(path) ? read_file(path, max_bytes) : std::string();
}

std::optional<HfConfig> config_if_there(const fs::path& path) {
  return fs::exists(path) ? std::optional(HfConfig::read(path)) : std::nullopt;
}

/// The value of "license:" between the lines "---" with which a model card begins.
std::string licence_of_card(std::string_view card) {
  if (!card.starts_with("---\n")) return "";
  card = card.substr(0, card.find("\n---", 4));
  const size_t at = card.find("\nlicense:");
  if (at == std::string_view::npos) return "";
  std::string_view value = card.substr(at + 9);
  value = value.substr(0, value.find('\n'));
  const size_t first = value.find_first_not_of(" \t\"'"), last = value.find_last_not_of(" \t\r\"'");
  return first == std::string_view::npos ? "" : std::string(value.substr(first, last - first + 1));
}

/// A module's folder is named in a file: nothing that leads out of the directory is a name.
fs::path module_path(const fs::path& dir, const HfConfig& module) {
  const std::string name = module.find_text("path").value_or("");
  if (name.empty() || name[0] == '.' ||
      name.find_first_of(std::string_view("/\\\0", 3)) != std::string::npos)
    module.refuse("path", "the plain name of a folder");
  return dir / name;
}

/// The configuration of the pooling module that modules.json lists.
std::optional<HfConfig> read_pooling(const fs::path& dir) {
  if (!fs::exists(dir / "modules.json")) return std::nullopt;
  std::optional<HfConfig> pooling;
  for (const HfConfig& module : HfConfig::read_list(dir / "modules.json")) {
    const std::string type = module.find_text("type").value_or("");
    const std::string kind = type.substr(type.rfind('.') + 1);
    if (kind == "Pooling")
      pooling = HfConfig::read(module_path(dir, module) / "config.json");
    else if (kind != "Transformer" && kind != "Normalize")
      module.refuse("type", "Transformer, Pooling and Normalize", ErrorCode::unsupported);
  }
  return pooling;
}

}  // namespace

HfDirectory HfDirectory::read(const fs::path& path) {
  const fs::path dir = fs::is_directory(path) ? path : path.parent_path();
  if (!fs::exists(dir / "config.json"))
    throw_error(ErrorCode::not_found, dir.string(),
                "expected a GGUF file, or a folder with config.json and model.safetensors");
  HfDirectory out{.path = dir, .config = HfConfig::read(dir / "config.json")};
  out.generation = config_if_there(dir / "generation_config.json");
  out.tokenizer_config = config_if_there(dir / "tokenizer_config.json");
  out.tokenizer_json = read_if_there(dir / "tokenizer.json", kMaxTokenizerBytes);
  out.tokenizer_config_json =
      merge_special_tokens_map(read_if_there(dir / "tokenizer_config.json"),
                               read_if_there(dir / "special_tokens_map.json"), dir.string());
  out.chat_template = read_if_there(dir / "chat_template.jinja");
  out.licence = licence_of_card(read_if_there(dir / "README.md"));
  out.pooling = read_pooling(dir);
  return out;
}

Safetensors HfDirectory::open_weights(MappedFile::Access access) const {
  for (const char* name : {"model.safetensors", "model.safetensors.index.json"})
    if (fs::exists(path / name)) return Safetensors::open(path / name, access);
  const bool pickled =
      fs::exists(path / "pytorch_model.bin") || fs::exists(path / "pytorch_model.bin.index.json");
  throw_error(pickled ? ErrorCode::unsupported : ErrorCode::not_found, path.string(),
              "expected model.safetensors or model.safetensors.index.json, found {}",
              pickled ? "pytorch_model.bin; save the model as safetensors first" : "neither");
}

bool is_hf_checkpoint(const fs::path& path) {
  return path.filename() == "config.json" || fs::is_directory(path);
}

}  // namespace caracal
