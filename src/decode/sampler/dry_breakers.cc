#include "decode/sampler/dry_breakers.h"

#include <algorithm>

namespace caracal {

std::string_view DryBreakers::text_of(TokenId token) const noexcept {
  const auto index = static_cast<size_t>(token);
  return token >= 0 && index < texts_.size() ? std::string_view(texts_[index]) : std::string_view();
}

bool DryBreakers::contains_breaker(TokenId token) const noexcept {
  const std::string_view text = text_of(token);
  return std::any_of(breakers_.begin(), breakers_.end(), [&](const std::string& breaker) {
    return text.find(breaker) != std::string_view::npos;
  });
}

/// Whether the text of history, cut behind the first n_bytes_of_last bytes of its last token, ends
/// with breaker. Reads backwards over token borders.
bool DryBreakers::precedes(std::span<const TokenId> history, size_t n_bytes_of_last,
                           std::string_view breaker) const noexcept {
  std::string_view text = text_of(history.back()).substr(0, n_bytes_of_last);
  for (;;) {
    const size_t n = std::min(text.size(), breaker.size());
    if (text.substr(text.size() - n) != breaker.substr(breaker.size() - n)) return false;
    breaker.remove_suffix(n);
    history = history.first(history.size() - 1);
    if (breaker.empty()) return true;
    if (history.empty()) return false;
    text = text_of(history.back());
  }
}

bool DryBreakers::ends_in_last(std::span<const TokenId> history,
                               std::string_view breaker) const noexcept {
  const std::string_view text = text_of(history.back());
  for (size_t end = text.size(); end > 0; --end) {
    if (text[end - 1] == breaker.back() && precedes(history, end, breaker)) return true;
  }
  return false;
}

size_t DryBreakers::n_behind_last(std::span<const TokenId> history) const noexcept {
  for (size_t n = 0; n < history.size(); ++n) {
    const auto before = history.first(history.size() - n);
    for (const std::string& breaker : breakers_) {
      if (ends_in_last(before, breaker)) return n;
    }
  }
  return history.size();
}

}  // namespace caracal
