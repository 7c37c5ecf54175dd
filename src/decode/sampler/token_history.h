#pragma once
/// The last tokens of a sequence, prompt included, as one contiguous span.
#include <algorithm>
#include <span>
#include <vector>

#include "base/check.h"
#include "spec/token.h"

namespace caracal {

/// Keeps at least the last `window` tokens, also after dropping up to kMaxRewind of them. Appending
/// costs amortised O(1) and never allocates.
class TokenHistory {
 public:
  static constexpr int32_t kMaxRewind = 256;

  explicit TokenHistory(int32_t window)
      : kept_(static_cast<size_t>(window) + kMaxRewind), tokens_(2 * kept_) {}

  void reset(std::span<const TokenId> prompt) noexcept {
    const size_t n = std::min(prompt.size(), kept_);
    std::copy(prompt.end() - static_cast<ptrdiff_t>(n), prompt.end(), tokens_.begin());
    end_ = n;
    n_total_ = static_cast<int64_t>(prompt.size());
  }
  void push(TokenId token) noexcept {
    if (end_ == tokens_.size()) {
      std::copy(tokens_.end() - static_cast<ptrdiff_t>(kept_), tokens_.end(), tokens_.begin());
      end_ = kept_;
    }
    tokens_[end_++] = token;
    ++n_total_;
  }
  /// Forgets the last n tokens; n ≤ kMaxRewind since the last push.
  void drop_last(int32_t n) noexcept {
    CRCL_CHECK(n >= 0 && static_cast<size_t>(n) <= end_);
    end_ -= static_cast<size_t>(n);
    n_total_ -= n;
  }
  /// The last n tokens, or all there are, oldest first.
  std::span<const TokenId> last(int32_t n) const noexcept {
    const size_t size = std::min(static_cast<size_t>(std::max(n, 0)), end_);
    return {tokens_.data() + (end_ - size), size};
  }
  /// How many tokens the sequence has: the index of the next one.
  int64_t n_total() const { return n_total_; }

 private:
  size_t kept_;
  std::vector<TokenId> tokens_;  // the first end_ are used
  size_t end_ = 0;
  int64_t n_total_ = 0;
};

}  // namespace caracal
