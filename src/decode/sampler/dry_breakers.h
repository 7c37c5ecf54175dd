#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spec/token.h"

namespace caracal {

/// Texts that repetitions are not followed across, whatever tokens they are cut into.
class DryBreakers {
 public:
  /// token_texts: [n_vocab] bytes of each token; must outlive this.
  DryBreakers(std::vector<std::string> breakers, std::span<const std::string> token_texts)
      : breakers_(std::move(breakers)), texts_(token_texts) {}

  /// How many tokens at the end of history lie behind the last breaker.
  size_t n_behind_last(std::span<const TokenId> history) const noexcept;
  /// Whether the token's own text contains a breaker.
  bool contains_breaker(TokenId token) const noexcept;

 private:
  std::string_view text_of(TokenId token) const noexcept;
  bool ends_in_last(std::span<const TokenId> history, std::string_view breaker) const noexcept;
  bool precedes(std::span<const TokenId> history, size_t n_bytes_of_last,
                std::string_view breaker) const noexcept;

  std::vector<std::string> breakers_;
  std::span<const std::string> texts_;
};

}  // namespace caracal
