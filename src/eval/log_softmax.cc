#include "eval/log_softmax.h"

#include <algorithm>
#include <cmath>

namespace caracal {

double log_sum_exp(std::span<const float> logits) {
  const double top = logits[static_cast<size_t>(top_token(logits))];
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - top);
  return top + std::log(sum);
}

double log_prob(std::span<const float> logits, TokenId token) {
  return logits[static_cast<size_t>(token)] - log_sum_exp(logits);
}

TokenId top_token(std::span<const float> logits) {
  return static_cast<TokenId>(std::ranges::max_element(logits) - logits.begin());
}

}  // namespace caracal
