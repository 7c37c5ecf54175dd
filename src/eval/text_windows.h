#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "text/tokenizer/tokenizer.h"

namespace caracal {

/// A text cut as llama.cpp's perplexity tool cuts it, so that figures can be compared: windows of
/// n_ctx tokens side by side, each from an empty context; BOS, where the vocabulary adds one,
/// *replaces* a window's first token; the first half is context only, tokens n_ctx/2 + 1 to
/// n_ctx - 1 are scored.
class TextWindows {
 public:
  /// bos: kNoToken leaves first tokens as they are. max_windows: 0 takes all that the text fills; a
  /// rest shorter than a window is left out. Throws Error(bad_request) when the text does not fill
  /// one window or n_ctx is below 4.
  TextWindows(std::vector<TokenId> tokens, int32_t n_ctx, int32_t max_windows, TokenId bos);
  /// BOS where the vocabulary puts it before a text, or else kNoToken.
  static TokenId leading_bos(const Vocab& vocab) { return vocab.add_bos ? vocab.bos : kNoToken; }
  /// Encodes text, special tokens added where the vocabulary says so and not looked for inside.
  static TextWindows of_text(const Tokenizer& tokenizer, std::string_view text, int32_t n_ctx,
                             int32_t max_windows);

  int32_t n_ctx() const { return n_ctx_; }
  int32_t n_windows() const { return n_windows_; }
  std::span<const TokenId> window(int32_t index) const {
    return std::span(tokens_).subspan(static_cast<size_t>(index) * static_cast<size_t>(n_ctx_),
                                      static_cast<size_t>(n_ctx_));
  }
  /// Of all windows, one after the other.
  std::span<const TokenId> tokens() const { return tokens_; }

  /// The row at position p is what the model expects after tokens 0 to p; it scores token p + 1.
  /// Rows first_row() to end_row() - 1 of each window count.
  int32_t first_row() const { return n_ctx_ / 2; }
  int32_t end_row() const { return n_ctx_ - 1; }
  int64_t n_scored() const { return int64_t{n_windows_} * (end_row() - first_row()); }

 private:
  std::vector<TokenId> tokens_;
  int32_t n_ctx_;
  int32_t n_windows_;
};

}  // namespace caracal
