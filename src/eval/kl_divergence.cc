#include "eval/kl_divergence.h"

#include <algorithm>
#include <cmath>

#include "eval/log_softmax.h"

namespace caracal {
namespace {

struct Divergence {
  double kl;
  double base_log_sum;  // b_i minus it is log p_i
  double log_sum;       // of the model
};

// With p_i = (1 - t) exp(b_i) / B over the tokens outside the tail t, q_i = exp(l_i) / L, and t_q
// the model's probability of the same tail:
//   KL = (1 - t) (mean_p(b_i - l_i) - log B + log L + log(1 - t)) + t (log t - log t_q).
Divergence diverge(std::span<const float> base, std::span<const float> logits, double tail) {
  const double top = base[static_cast<size_t>(top_token(base))];
  const double log_sum = log_sum_exp(logits);
  double sum = 0, weighted = 0, model_tail = 0;
  for (size_t i = 0; i < base.size(); ++i) {
    const double p = std::exp(base[i] - top);
    if (p > 0) {
      sum += p;
      weighted += p * (double{base[i]} - logits[i]);
    } else if (tail > 0) {
      model_tail += std::exp(logits[i] - log_sum);
    }
  }
  const double base_log_sum = top + std::log(sum) - std::log1p(-tail);
  double kl = (1 - tail) * (weighted / sum - base_log_sum + log_sum);
  if (tail > 0) kl += tail * std::log(tail / model_tail);
  return {kl < 0 ? 0 : kl, base_log_sum, log_sum};  // NaN stays NaN
}

}  // namespace

double kl_divergence(std::span<const float> base, std::span<const float> logits, double tail) {
  return diverge(base, logits, tail).kl;
}

RowComparison compare_rows(std::span<const float> base, std::span<const float> logits,
                           TokenId target, double tail) {
  const Divergence d = diverge(base, logits, tail);
  const auto i = static_cast<size_t>(target);
  return {.kl = d.kl,
          .base_nll = d.base_log_sum - base[i],
          .nll = d.log_sum - logits[i],
          .same_top = top_token(base) == top_token(logits)};
}

void KlMeter::add(const RowComparison& row) {
  values_.push_back(row.kl);
  kl_.add(row.kl);
  same_top_.add(row.same_top ? 1 : 0);
  log_ratio_.add(row.nll - row.base_nll);
  const double delta_p = std::exp(-row.nll) - std::exp(-row.base_nll);
  squared_delta_p_.add(delta_p * delta_p);
  base_.add(row.base_nll);
  model_.add(row.nll);
}

double KlMeter::percentile(double fraction) const {
  std::vector<double> sorted = values_;
  std::ranges::sort(sorted);
  return caracal::percentile(sorted, fraction);
}

}  // namespace caracal
