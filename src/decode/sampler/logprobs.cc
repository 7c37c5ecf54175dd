#include "decode/sampler/logprobs.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace caracal {
namespace {

/// log Σ exp(logit); NaN when that is not a finite number.
double log_normaliser(std::span<const float> logits) {
  float best = -std::numeric_limits<float>::infinity();
  for (const float x : logits) best = std::max(best, x);
  double sum = 0;
  for (const float x : logits) sum += std::exp(x - best);
  return best + std::log(sum);
}

/// The n likeliest ids with their logits: a heap whose front is the worst of the best.
void select_top(std::span<const float> logits, size_t n, std::vector<TokenLogprob>& top) {
  const auto likelier = [](const TokenLogprob& a, const TokenLogprob& b) {
    return a.logprob != b.logprob ? a.logprob > b.logprob : a.id < b.id;
  };
  top.clear();
  if (n == 0) return;
  for (size_t id = 0; id < logits.size(); ++id) {
    if (top.size() == n) {
      if (!(logits[id] > top.front().logprob)) continue;
      std::pop_heap(top.begin(), top.end(), likelier);
      top.pop_back();
    }
    top.push_back({static_cast<TokenId>(id), logits[id], 0});
    std::push_heap(top.begin(), top.end(), likelier);
  }
  std::sort_heap(top.begin(), top.end(), likelier);
}

int32_t rank_of(std::span<const float> logits, float logit) {
  int32_t n_above = 0;
  for (const float x : logits) n_above += x > logit;
  return n_above + 1;
}

}  // namespace

bool compute_logprobs(std::span<const float> logits, TokenId chosen, int32_t n_top, Logprobs& out) {
  if (chosen < 0 || static_cast<size_t>(chosen) >= logits.size()) return false;
  const double log_z = log_normaliser(logits);
  if (!std::isfinite(log_z)) return false;
  const auto logprob = [log_z](float logit) { return static_cast<float>(logit - log_z); };

  const float chosen_logit = logits[static_cast<size_t>(chosen)];
  out.chosen = {chosen, logprob(chosen_logit), rank_of(logits, chosen_logit)};
  select_top(logits, std::min(static_cast<size_t>(std::max(n_top, 0)), logits.size()), out.top);
  int32_t rank = 0;
  for (size_t i = 0; i < out.top.size(); ++i) {
    const bool tie = i > 0 && out.top[i].logprob == out.top[i - 1].logprob;
    if (!tie) rank = static_cast<int32_t>(i) + 1;
    out.top[i].rank = rank;
  }
  for (TokenLogprob& entry : out.top) entry.logprob = logprob(entry.logprob);
  return true;
}

}  // namespace caracal
