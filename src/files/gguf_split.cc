#include "files/gguf_split.h"

#include <charconv>

#include "base/error.h"

namespace caracal {
namespace {

constexpr int kMaxShards = 65535;  // the key is a u16

int64_t required_key(const Gguf& file, std::string_view key, int64_t low, int64_t high) {
  const auto value = file.get_int(key);
  if (!value)
    throw_error(ErrorCode::bad_file, file.name(),
                "expected the key '{}' in a shard of a split file, found none", key);
  if (*value < low || *value > high)
    throw_error(ErrorCode::bad_file,
                fmt::format("{} at byte {}", file.name(), file.find(key)->position),
                "metadata key '{}': expected {} to {}, found {}", key, low, high, *value);
  return *value;
}

int five_digits(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + 5, value);
  return value;
}

}  // namespace

GgufShardName GgufShardName::of(const std::filesystem::path& path) {
  constexpr std::string_view form = "-00000-of-00000.gguf";  // 0 stands for any digit
  GgufShardName name{path};
  const std::string text = path.string();
  if (text.size() <= form.size()) return name;
  const std::string_view end = std::string_view(text).substr(text.size() - form.size());
  for (size_t i = 0; i < form.size(); ++i)
    if (form[i] == '0' ? end[i] < '0' || end[i] > '9' : end[i] != form[i]) return name;
  const int no = five_digits(end.substr(1));
  const int count = five_digits(end.substr(10));
  if (no < 1 || no > count || count > kMaxShards) return name;
  name.prefix = text.substr(0, text.size() - form.size());
  name.index = no - 1;
  name.count = count;
  return name;
}

std::filesystem::path GgufShardName::path_of(int shard) const {
  if (prefix.empty()) return path;
  return fmt::format("{}-{:05}-of-{:05}.gguf", prefix, shard + 1, count);
}

GgufSplitKeys GgufSplitKeys::of(const Gguf& file) {
  GgufSplitKeys keys;
  if (file.get_int("split.count").value_or(1) == 0 || !file.find("split.count")) return keys;
  keys.count = static_cast<int>(required_key(file, "split.count", 1, kMaxShards));
  if (keys.count == 1) return keys;
  keys.no = static_cast<int>(required_key(file, "split.no", 0, keys.count - 1));
  keys.n_tensors = required_key(file, "split.tensors.count", 0, INT32_MAX);
  return keys;
}

}  // namespace caracal
