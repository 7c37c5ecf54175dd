#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "eval/perplexity.h"
#include "eval/statistics.h"
#include "spec/token.h"

namespace caracal {

/// KL(p || q) = sum_i p_i log(p_i / q_i) in nats, p = softmax(base), q = softmax(logits); never
/// below 0. Rows of equal length; sums are in double.
/// tail: probability of the tokens whose base is -inf, all together; how it is shared among them is
/// not known. They count as one event, which gives the least KL that fits what is known.
double kl_divergence(std::span<const float> base, std::span<const float> logits, double tail = 0);

/// What two models expect at the same place of the same text, compared.
struct RowComparison {
  double kl = 0;        ///< KL(base || model)
  double base_nll = 0;  ///< -log p(the token that comes), by the base
  double nll = 0;       ///< by the model
  bool same_top = false;
};
/// target: the token that comes; base_nll is +inf when it lies in the tail.
RowComparison compare_rows(std::span<const float> base, std::span<const float> logits,
                           TokenId target, double tail = 0);

/// How far a model is from the base it stands for, over many tokens.
class KlMeter {
 public:
  void add(const RowComparison& row);

  int64_t n_tokens() const { return kl_.count(); }
  double mean() const { return kl_.mean(); }
  double standard_error() const { return kl_.standard_error(); }
  /// fraction of 0 to 1; at least one row was added.
  double percentile(double fraction) const;
  double max() const { return percentile(1); }

  /// Share of places where both find the same token most likely.
  double top1_agreement() const { return same_top_.mean(); }
  double top1_standard_error() const { return same_top_.standard_error(); }

  const PerplexityMeter& base() const { return base_; }
  const PerplexityMeter& model() const { return model_; }
  /// ppl of the model over ppl of the base, and its standard error; token by token the two errors
  /// go together, so it is much smaller than either perplexity's.
  double ppl_ratio() const { return std::exp(log_ratio_.mean()); }
  double ppl_ratio_standard_error() const { return ppl_ratio() * log_ratio_.standard_error(); }
  /// Root of the mean squared change of the probability of the token that comes.
  double rms_delta_p() const { return std::sqrt(squared_delta_p_.mean()); }

 private:
  std::vector<double> values_;
  MeanMeter kl_, same_top_, log_ratio_, squared_delta_p_;
  PerplexityMeter base_, model_;
};

}  // namespace caracal
