#include "files/pull/hub_selection.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "files/pull/shards.h"

namespace caracal {
namespace {

constexpr std::string_view kDefaultQuant = "q4_k_m";

bool is_top_level(std::string_view path) { return path.find('/') == path.npos; }

bool has_suffix(std::string_view path, std::string_view suffix) {
  return lower_ascii(path).ends_with(suffix);
}

/// A GGUF file that is a model: projectors of images and importance matrices lie beside some.
bool is_gguf_model(std::string_view path) {
  const std::string name = lower_ascii(base_name(path));
  return name.ends_with(".gguf") && !name.starts_with("mmproj") &&
         name.find("imatrix") == name.npos;
}

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)); }

/// True when quant stands in path as a word of its own: "q4_k" is not in "x-Q4_K_M.gguf".
bool names_quant(std::string_view path, std::string_view quant) {
  const std::string text = lower_ascii(path);
  for (size_t at = 0; (at = text.find(quant, at)) != text.npos; ++at) {
    const size_t end = at + quant.size();
    const bool begins = at == 0 || !is_alnum(text[at - 1]);
    const bool ends = end == text.size() || !(is_alnum(text[end]) || text[end] == '_');
    if (begins && ends) return true;
  }
  return false;
}

/// Licence texts and the model card, which states the licence.
bool is_licence(std::string_view path) {
  const std::string name = lower_ascii(path);
  return is_top_level(path) &&
         (name == "readme.md" || name.starts_with("license") || name.starts_with("licence") ||
          name.starts_with("notice") || name.starts_with("use_policy"));
}

/// "1_Pooling/config.json", "2_Dense/model.safetensors": the modules of sentence-transformers.
bool is_module_file(std::string_view path) {
  const std::string_view name = base_name(path);
  return path[0] >= '0' && path[0] <= '9' && path.find('/') == path.rfind('/') &&
         (name == "config.json" || name == "model.safetensors");
}

/// The small files that a checkpoint is read with: "config.json", "tokenizer.model", "vocab.txt",
/// "chat_template.jinja", and what a folder per module of a sentence encoder holds.
bool is_setup(std::string_view path) {
  if (!is_top_level(path)) return is_module_file(path) || has_suffix(path, ".jinja");
  if (has_suffix(path, ".json") || has_suffix(path, ".jinja")) return true;
  const std::string name = lower_ascii(path);
  return name == "vocab.txt" || name == "merges.txt" || name == "tokenizer.model";
}

/// The weights: one file, else its shards.
std::vector<HubFile> safetensors_of(const HubListing& listing) {
  std::vector<HubFile> single, sharded;
  for (const HubFile& file : listing.files) {
    if (!is_top_level(file.path) || !has_suffix(file.path, ".safetensors")) continue;
    if (file.path == "model.safetensors")
      single.push_back(file);
    else if (file.path.starts_with("model-") && parse_shard(file.path))
      sharded.push_back(file);
  }
  return single.empty() ? sharded : single;
}

class Selector {
 public:
  Selector(const HubListing& listing, const HubSource& source)
      : listing_(listing), source_(source) {}

  HubSelection select() {
    if (!source_.file.empty())
      add_with_shards(named_file());
    else if (!select_gguf())
      select_checkpoint();
    add_licence();
    return std::move(selection_);
  }

 private:
  void add(const HubFile& file) {
    const auto same = [&](const HubFile& other) { return other.path == file.path; };
    if (std::ranges::none_of(selection_.files, same)) selection_.files.push_back(file);
  }

  void add_licence() {
    for (const HubFile& file : listing_.files) {
      if (!is_licence(file.path)) continue;
      add(file);
      const bool is_text = lower_ascii(file.path).starts_with("licen");
      if (is_text || selection_.licence.empty()) selection_.licence = file.path;
    }
  }

  const HubFile* find(std::string_view path) const {
    const auto it = std::ranges::find(listing_.files, path, &HubFile::path);
    return it == listing_.files.end() ? nullptr : &*it;
  }

  const HubFile& named_file() const {
    if (const HubFile* file = find(source_.file)) return *file;
    throw_error(ErrorCode::not_found, source_.repo, "there is no file {}; there are {}",
                source_.file, some_names([](std::string_view) { return true; }));
  }

  /// The file, and every other part of the same split model.
  void add_with_shards(const HubFile& file) {
    const std::optional<ShardName> shard = parse_shard(file.path);
    selection_.entry = shard ? shard_path(*shard, 1) : file.path;
    if (!shard) return add(file);
    for (int i = 1; i <= shard->count; ++i) {
      const std::string path = shard_path(*shard, i);
      const HubFile* part = find(path);
      if (!part)
        throw_error(ErrorCode::not_found, source_.repo,
                    "the model is split into {} files, {} is not there", shard->count, path);
      add(*part);
    }
  }

  bool select_gguf() {
    std::vector<const HubFile*> models;
    for (const HubFile& file : listing_.files) {
      const std::optional<ShardName> shard = parse_shard(file.path);
      if (is_gguf_model(file.path) && (!shard || shard->index == 1)) models.push_back(&file);
    }
    const bool is_asked = !source_.quant.empty() && lower_ascii(source_.quant) != "latest";
    if (models.empty() && !is_asked) return false;
    const auto shorter = [](const HubFile* a, const HubFile* b) {
      return std::pair(a->path.size(), a->path) < std::pair(b->path.size(), b->path);
    };
    const std::string quant = is_asked ? lower_ascii(source_.quant) : std::string(kDefaultQuant);
    std::vector<const HubFile*> matches;
    for (const HubFile* file : models)
      if (names_quant(file->path, quant)) matches.push_back(file);
    if (matches.empty() && is_asked)
      throw_error(ErrorCode::not_found, source_.repo, "there is no {}; there are {}", source_.quant,
                  some_names(is_gguf_model));
    add_with_shards(matches.empty() ? *models.front()
                                    : **std::ranges::min_element(matches, shorter));
    return true;
  }

  void select_checkpoint() {
    const std::vector<HubFile> weights = safetensors_of(listing_);
    if (weights.empty() || !find("config.json"))
      throw_error(
          ErrorCode::not_found, source_.repo,
          "expected GGUF files, or config.json and model.safetensors or its shards, found {}",
          some_names([](std::string_view) { return true; }));
    for (const HubFile& file : weights) add_with_shards(file);
    selection_.entry.clear();  // the folder is the model
    for (const HubFile& file : listing_.files)
      if (is_setup(file.path)) add(file);
  }

  template <class Filter>
  std::string some_names(Filter filter) const {
    constexpr size_t kShown = 12;
    std::string names;
    size_t n = 0;
    for (const HubFile& file : listing_.files)
      if (filter(file.path) && ++n <= kShown) names += (names.empty() ? "" : ", ") + file.path;
    if (n > kShown) names += fmt::format(" and {} more", n - kShown);
    return names.empty() ? "none" : names;
  }

  const HubListing& listing_;
  const HubSource& source_;
  HubSelection selection_;
};

}  // namespace

HubSelection select_hub_files(const HubListing& listing, const HubSource& source) {
  return Selector(listing, source).select();
}

}  // namespace caracal
