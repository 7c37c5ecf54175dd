/// `caracal gguf`: parts, metadata and hashes of GGUF files.
#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/progress_line.h"
#include "cli/report.h"
#include "files/gguf_hash.h"
#include "files/gguf_split.h"
#include "files/gguf_split_writer.h"
#include "text/template/chat_template.h"

namespace caracal::cli {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxTemplateBytes = uint64_t{1} << 24;

struct GgufOptions {
  std::string action;
  std::string file;
  std::vector<std::string> items;
  std::string output;
  bool in_place = false;
  std::string max_size = "0";
  int64_t max_tensors = 0;
  bool bare_first = false;
  bool each = false;
  bool json = false;
};
using O = GgufOptions;

const Field<O> kAction[] = {
    {.name = "action",
     .member = &O::action,
     .flags = "ACTION",
     .choices = "show|set|rm|rename|template|split|merge|hash",
     .help = "What to do."},
    {.name = "file",
     .member = &O::file,
     .flags = "FILE",
     .help = "The GGUF file, or any part of a split one."},
    {.name = "items",
     .member = &O::items,
     .flags = "ITEM",
     .help = "show, rm: keys; set: KEY=TYPE:VALUE; rename: KEY=NEW; template: a file."},
    {.name = "output",
     .member = &O::output,
     .flags = "-o,--output",
     .help = "The file to write; split: what its parts' names begin with."},
    {.name = "in_place",
     .member = &O::in_place,
     .flags = "--in-place",
     .help = "Replace FILE by the changed one, once that is complete."},
    {.name = "json",
     .member = &O::json,
     .flags = "--json",
     .help = "show, hash: print one JSON object."},
};
const Field<O> kSplit[] = {
    {.name = "max_size",
     .member = &O::max_size,
     .flags = "--max-size,--split-max-size",
     .help = "Bytes of tensors in a part, as 500M or 2G; 0: any."},
    {.name = "max_tensors",
     .member = &O::max_tensors,
     .flags = "--max-tensors,--split-max-tensors",
     .range = {.min = 0, .max = 1 << 20},
     .help = "Tensors in a part; 0: any. Without either limit 128."},
    {.name = "bare_first",
     .member = &O::bare_first,
     .flags = "--no-tensor-first-split",
     .help = "The first part holds metadata only."},
};
const Field<O> kHash[] = {
    {.name = "each",
     .member = &O::each,
     .flags = "--each",
     .help = "Print the hash of each tensor's data as well."},
};

/// "2G", "500M", "1000": powers of 1000.
uint64_t parse_size(std::string_view text) {
  constexpr std::string_view kUnits = "KMGT";
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  const size_t power = unit.empty() ? 0 : kUnits.find(unit) + 1;
  bool bad = error != std::errc() || unit.size() > 1 || (!unit.empty() && power == 0);
  for (size_t i = 0; i < power && !bad; ++i) bad = __builtin_mul_overflow(value, 1000, &value);
  if (bad)
    throw_error(ErrorCode::bad_config, "--max-size",
                "expected a number of bytes as 500M or 2G, found '{}'", text);
  return value;
}

/// Both sides of the first '='.
std::pair<std::string_view, std::string_view> split_item(std::string_view item,
                                                         std::string_view form) {
  const size_t at = item.find('=');
  if (at == std::string_view::npos)
    throw_error(ErrorCode::bad_config, "gguf", "expected {}, found '{}'", form, item);
  return {item.substr(0, at), item.substr(at + 1)};
}

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return fs::equivalent(a, b, ignored);
}

void print(const Report& report, bool json) {
  if (json)
    fmt::print("{}\n", to_text(report.json()));
  else
    fmt::print("{}", report.text());
}

class GgufCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    return {bind_fields<O>("Files", kAction, options_), bind_fields<O>("Split", kSplit, options_),
            bind_fields<O>("Hash", kHash, options_)};
  }

  int run() override {
    const auto action = std::ranges::find(kActions, options_.action, &Action::name);
    if (action == std::end(kActions))
      throw Error(ErrorCode::bad_config, "name an action; `caracal gguf --help` lists them",
                  "gguf");
    if (options_.file.empty()) throw Error(ErrorCode::bad_config, "name a GGUF file", "gguf");
    if (action->needs_items == options_.items.empty() && options_.action != "show")
      throw_error(ErrorCode::bad_config, fmt::format("gguf {}", action->name), "{}",
                  action->needs_items ? "say what to change: ITEM..." : "takes one file");
    const Gguf file = Gguf::open(options_.file);
    (this->*action->run)(file);
    return kSuccess;
  }

 private:
  struct Action {
    std::string_view name;
    void (GgufCommand::*run)(const Gguf&);
    bool needs_items;
  };

  void show(const Gguf& file);
  void set(const Gguf& file);
  void remove(const Gguf& file);
  void rename(const Gguf& file);
  void set_template(const Gguf& file);
  void split(const Gguf& file);
  void merge(const Gguf& file);
  void hash(const Gguf& file);
  void write_changed(const Gguf& file, const GgufCopy& copy) const;
  void write(const GgufCopy& copy, const fs::path& path) const;

  static constexpr Action kActions[] = {
      {"show", &GgufCommand::show, false},
      {"set", &GgufCommand::set, true},
      {"rm", &GgufCommand::remove, true},
      {"rename", &GgufCommand::rename, true},
      {"template", &GgufCommand::set_template, true},
      {"split", &GgufCommand::split, false},
      {"merge", &GgufCommand::merge, false},
      {"hash", &GgufCommand::hash, false},
  };
  GgufOptions options_;
};

void GgufCommand::show(const Gguf& file) {
  Report report;
  report.start_table("metadata", {{"key"}, {"type"}, {"value"}});
  const bool in_full = !options_.items.empty();
  const auto add = [&](std::string_view key, const GgufValue& value) {
    const bool is_array = value.type == GgufValue::Type::array;
    const auto* text = std::get_if<std::string_view>(&value.value);
    report.add_row(
        {std::string(key),
         fmt::format("{}{}", name_of(is_array ? value.element : value.type), is_array ? "[]" : ""),
         text && in_full ? std::string(*text) : to_text(value, in_full ? SIZE_MAX : 8)});
  };
  for (const std::string& key : options_.items) {
    const GgufValue* value = file.find(key);
    if (!value)
      throw_error(ErrorCode::bad_request, file.name(), "expected the metadata key '{}', found none",
                  key);
    add(key, *value);
  }
  if (!in_full)
    for (const auto& [key, value] : file.metadata()) add(key, value);
  print(report, options_.json);
}

void GgufCommand::set(const Gguf& file) {
  GgufCopy copy(file);
  for (const std::string& item : options_.items) {
    const auto [key, value] = split_item(item, "KEY=TYPE:VALUE");
    copy.set(key, parse_gguf_value(value, key));
  }
  write_changed(file, copy);
}

void GgufCommand::remove(const Gguf& file) {
  GgufCopy copy(file);
  for (const std::string& key : options_.items) copy.remove(key);
  write_changed(file, copy);
}

void GgufCommand::rename(const Gguf& file) {
  GgufCopy copy(file);
  for (const std::string& item : options_.items) {
    const auto [from, to] = split_item(item, "KEY=NEW");
    copy.rename(from, to);
  }
  write_changed(file, copy);
}

void GgufCommand::set_template(const Gguf& file) {
  if (options_.items.size() != 1)
    throw Error(ErrorCode::bad_config, "expected one file with the template", "gguf template");
  const std::string source = read_file(options_.items[0], kMaxTemplateBytes);
  const ChatTemplate checked(source);  // refuses what could not be rendered
  GgufCopy copy(file);
  copy.set("tokenizer.chat_template", make_gguf_string(source));
  write_changed(file, copy);
}

void GgufCommand::write_changed(const Gguf& file, const GgufCopy& copy) const {
  if (options_.in_place == !options_.output.empty())
    throw Error(ErrorCode::bad_config, "expected one of --output and --in-place", "gguf");
  if (options_.in_place && file.n_shards() > 1)
    throw_error(ErrorCode::bad_config, "--in-place", "the file has {} parts: `merge` them first",
                file.n_shards());
  write(copy, options_.in_place ? fs::path(options_.file) : fs::path(options_.output));
}

void GgufCommand::write(const GgufCopy& copy, const fs::path& path) const {
  if (!options_.in_place && same_file(path, options_.file))
    throw Error(ErrorCode::bad_config, "expected another file than the input; or use --in-place",
                "--output");
  ProgressLine progress("writing");
  copy.write(path, [&](uint64_t done, uint64_t total) { progress.update(done, total); });
}

void GgufCommand::split(const Gguf& file) {
  if (options_.output.empty())
    throw Error(ErrorCode::bad_config, "say what the parts' names begin with", "--output");
  GgufSplitLimits limits = {.max_bytes = parse_size(options_.max_size),
                            .max_tensors = options_.max_tensors,
                            .first_is_bare = options_.bare_first};
  if (limits.max_bytes == 0 && limits.max_tensors == 0) limits.max_tensors = 128;
  std::vector<fs::path> parts;
  {
    ProgressLine progress("writing");
    parts = split_gguf(file, options_.output, limits,
                       [&](uint64_t done, uint64_t total) { progress.update(done, total); });
  }
  for (const fs::path& part : parts) fmt::print("{}\n", part.string());
}

void GgufCommand::merge(const Gguf& file) {
  if (options_.output.empty() || options_.in_place)
    throw Error(ErrorCode::bad_config, "name the file to write", "--output");
  for (int shard = 0; shard < file.n_shards(); ++shard)
    if (same_file(options_.output, GgufShardName::of(options_.file).path_of(shard)))
      throw Error(ErrorCode::bad_config, "expected another file than the parts", "--output");
  write(GgufCopy(file), options_.output);
}

void GgufCommand::hash(const Gguf& file) {
  GgufHashes hashes;
  {
    ProgressLine progress("hashing");
    hashes = hash_gguf(file, [&](uint64_t done, uint64_t total) { progress.update(done, total); });
  }
  Report report;
  report.add_fact("metadata_sha256", hashes.metadata);
  report.add_fact("tensors_sha256", hashes.tensors);
  if (options_.each) {
    report.start_table("each", {{"tensor"}, {"sha256"}});
    for (const auto& [name, hash] : hashes.each) report.add_row({name, hash});
  }
  print(report, options_.json);
}

}  // namespace

std::unique_ptr<Command> make_gguf_command() { return std::make_unique<GgufCommand>(); }

}  // namespace caracal::cli
