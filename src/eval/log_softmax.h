#pragma once
#include <span>

#include "spec/token.h"

namespace caracal {

/// log(sum_i exp(logits[i])), summed in double around the largest logit, so that neither overflow
/// nor the length of the vocabulary costs digits. logits: not empty; -inf counts as probability
/// zero; a NaN or +inf gives NaN.
double log_sum_exp(std::span<const float> logits);

/// log of the probability that softmax(logits) gives to token.
double log_prob(std::span<const float> logits, TokenId token);

/// The most likely token; the lowest id among equals.
TokenId top_token(std::span<const float> logits);

}  // namespace caracal
