#include "eval/text_windows.h"

#include <algorithm>

#include "base/error.h"

namespace caracal {

TextWindows::TextWindows(std::vector<TokenId> tokens, int32_t n_ctx, int32_t max_windows,
                         TokenId bos)
    : tokens_(std::move(tokens)), n_ctx_(n_ctx) {
  if (n_ctx < 4)
    throw_error(ErrorCode::bad_request, "windows", "expected at least 4 tokens a window, found {}",
                n_ctx);
  const auto n_filled = static_cast<int64_t>(tokens_.size()) / n_ctx;
  if (n_filled == 0)
    throw_error(ErrorCode::bad_request, "text",
                "expected at least one window of {} tokens, found {} tokens", n_ctx,
                tokens_.size());
  constexpr int64_t kMost = INT32_MAX;
  n_windows_ =
      static_cast<int32_t>(std::min(n_filled, max_windows > 0 ? int64_t{max_windows} : kMost));
  tokens_.resize(static_cast<size_t>(n_windows_) * static_cast<size_t>(n_ctx));
  if (bos == kNoToken) return;
  for (size_t start = 0; start < tokens_.size(); start += static_cast<size_t>(n_ctx))
    tokens_[start] = bos;
}

TextWindows TextWindows::of_text(const Tokenizer& tokenizer, std::string_view text, int32_t n_ctx,
                                 int32_t max_windows) {
  return {tokenizer.encode(text), n_ctx, max_windows, leading_bos(tokenizer.vocab())};
}

}  // namespace caracal
