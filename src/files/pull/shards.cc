#include "files/pull/shards.h"

#include <fmt/format.h>

#include <charconv>

namespace caracal {
namespace {

constexpr size_t kDigits = 5;
constexpr std::string_view kOf = "-of-";

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text[0] == '-') return {};
  return value;
}

}  // namespace

std::optional<ShardName> parse_shard(std::string_view path) {
  const size_t dot = path.rfind('.');
  constexpr size_t tail = 1 + kDigits + kOf.size() + kDigits;  // "-00002-of-00005"
  if (dot == path.npos || dot < tail) return {};
  const std::string_view marks = path.substr(dot - tail, tail);
  if (marks[0] != '-' || marks.substr(1 + kDigits, kOf.size()) != kOf) return {};
  const std::optional<int> index = number(marks.substr(1, kDigits));
  const std::optional<int> count = number(marks.substr(tail - kDigits));
  if (!index || !count || *index < 1 || *index > *count) return {};
  return ShardName{.prefix = std::string(path.substr(0, dot - tail)),
                   .extension = std::string(path.substr(dot)),
                   .index = *index,
                   .count = *count};
}

std::string shard_path(const ShardName& shard, int index) {
  return fmt::format("{}-{:05}-of-{:05}{}", shard.prefix, index, shard.count, shard.extension);
}

}  // namespace caracal
