#pragma once
/// Log-probabilities of the model's own distribution, before bias, penalties and truncation: what
/// OpenAI and vLLM report.
#include <cstdint>
#include <span>
#include <vector>

#include "spec/token.h"

namespace caracal {

struct TokenLogprob {
  TokenId id = kNoToken;
  float logprob = 0;
  int32_t rank = 0;  ///< 1: no other token has a higher logit
};

struct Logprobs {
  TokenLogprob chosen;
  std::vector<TokenLogprob> top;  ///< best first, of equals the lower id
};

/// Fills out for one token. logits: [n_vocab] as the model gave them. n_top: entries of top, at
/// most n_vocab; reserve them to avoid allocation. Minus infinity is reported for impossible
/// tokens. False, and out unchanged, when no logit is finite, or one is NaN or plus infinity, or
/// chosen is not an id.
bool compute_logprobs(std::span<const float> logits, TokenId chosen, int32_t n_top, Logprobs& out);

}  // namespace caracal
