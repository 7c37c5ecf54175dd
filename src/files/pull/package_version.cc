#include "files/pull/package_version.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/text.h"

namespace caracal {
namespace {

/// What is left of the text to read; separators between its parts are optional.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool separator() { return take(".") || take("-") || take("_"); }

  std::optional<uint64_t> number() {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc()) return {};
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return value;
  }

  /// "rc1", ".rc-1", "rc": the number behind one of the words; 0 when it is left out.
  std::optional<uint64_t> tagged(std::initializer_list<std::string_view> words) {
    const std::string_view before = rest_;
    separator();
    for (const std::string_view word : words)
      if (take(word)) {
        const std::string_view after_word = rest_;
        separator();
        if (const std::optional<uint64_t> value = number()) return value;
        rest_ = after_word;
        return 0;
      }
    rest_ = before;
    return {};
  }

  /// "-1", the old way to write ".post1".
  std::optional<uint64_t> bare_post() {
    const std::string_view before = rest_;
    if (take("-"))
      if (const std::optional<uint64_t> value = number()) return value;
    rest_ = before;
    return {};
  }

 private:
  std::string_view rest_;
};

}  // namespace

std::optional<PackageVersion> parse_package_version(std::string_view text) {
  const std::string lower = lower_ascii(text.substr(0, text.find('+')));
  Reader reader(lower);
  reader.take("v");
  PackageVersion version{.pre_kind = PackageVersion::kFinal};
  std::optional<uint64_t> number = reader.number();
  if (number && reader.take("!")) {
    version.epoch = *number;
    number = reader.number();
  }
  if (!number) return {};
  version.release.push_back(*number);
  for (Reader ahead = reader; ahead.take(".") && (number = ahead.number()); reader = ahead)
    version.release.push_back(*number);
  while (version.release.size() > 1 && version.release.back() == 0) version.release.pop_back();

  int kind = 1;
  for (const auto& words : {std::initializer_list<std::string_view>{"alpha", "a"},
                            {"beta", "b"},
                            {"preview", "pre", "rc", "c"}}) {
    if (const std::optional<uint64_t> pre = reader.tagged(words)) {
      version.pre_kind = kind;
      version.pre = *pre;
      break;
    }
    ++kind;
  }
  std::optional<uint64_t> post = reader.tagged({"post", "rev", "r"});
  if (!post) post = reader.bare_post();
  if (post) version.post = static_cast<int64_t>(std::min<uint64_t>(*post, INT64_MAX));
  if (const std::optional<uint64_t> dev = reader.tagged({"dev"})) version.dev = *dev;
  if (version.dev != UINT64_MAX && !post && version.pre_kind == PackageVersion::kFinal)
    version.pre_kind = PackageVersion::kDevOnly;
  if (!reader.at_end()) return {};
  return version;
}

}  // namespace caracal
