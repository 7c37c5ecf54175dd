#include "decode/sampler/stop_matcher.h"

#include <algorithm>

#include "base/check.h"

namespace caracal {

StopMatcher::StopMatcher(const SamplingParams& params, std::span<const TokenId> stop_ids)
    : stop_ids_(stop_ids.begin(), stop_ids.end()),
      min_tokens_(params.min_tokens),
      keep_stop_text_(params.include_stop_str_in_output) {
  for (const std::string& text : params.stop) patterns_.push_back(make_pattern(text));
  // Longest first: of two that end at the same byte it is found first.
  std::stable_sort(patterns_.begin(), patterns_.end(), [](const Pattern& a, const Pattern& b) {
    return a.text.size() > b.text.size();
  });
}

StopMatcher::Pattern StopMatcher::make_pattern(const std::string& text) {
  CRCL_CHECK(!text.empty());
  Pattern pattern{text, std::vector<uint32_t>(text.size(), 0), 0};
  uint32_t border = 0;
  for (size_t i = 1; i < text.size(); ++i) {
    while (border > 0 && text[i] != text[border]) border = pattern.borders[border - 1];
    if (text[i] == text[border]) ++border;
    pattern.borders[i] = border;
  }
  return pattern;
}

/// True when the byte completes the pattern.
bool StopMatcher::advance(Pattern& pattern, char byte) {
  uint32_t& n = pattern.n_matched;
  if (n == pattern.text.size()) n = pattern.borders[n - 1];
  while (n > 0 && byte != pattern.text[n]) n = pattern.borders[n - 1];
  if (byte == pattern.text[n]) ++n;
  return n == pattern.text.size();
}

/// The longest pattern that the byte completes.
std::optional<size_t> StopMatcher::feed(char byte) {
  std::optional<size_t> complete;
  for (size_t i = 0; i < patterns_.size(); ++i) {
    if (advance(patterns_[i], byte) && !complete) complete = i;
  }
  return complete;
}

void StopMatcher::release(std::string& out, size_t n_kept_back) {
  const size_t n = held_.size() - std::min(held_.size(), n_kept_back);
  out.append(held_, 0, n);
  held_.erase(0, n);
}

bool StopMatcher::push(TokenId token, std::string_view text, std::string& out) {
  CRCL_CHECK(!ended_);
  const bool may_end = n_tokens_++ >= min_tokens_;
  if (may_end && std::binary_search(stop_ids_.begin(), stop_ids_.end(), token)) {
    ended_ = true;
    matched_id_ = token;
    finish(out);
    return true;
  }
  for (const char byte : text) {
    held_ += byte;
    const std::optional<size_t> complete = feed(byte);
    if (!complete || !may_end) continue;
    ended_ = true;
    matched_pattern_ = complete;
    release(out, keep_stop_text_ ? 0 : matched_text().size());
    held_.clear();
    return true;
  }
  size_t longest = 0;
  for (const Pattern& pattern : patterns_) {
    const uint32_t n = pattern.n_matched;  // a complete one that did not count is no beginning
    longest = std::max<size_t>(longest, n == pattern.text.size() ? pattern.borders[n - 1] : n);
  }
  release(out, longest);
  return false;
}

void StopMatcher::finish(std::string& out) { release(out, 0); }

}  // namespace caracal
