#pragma once
#include <cmath>
#include <cstdint>

#include "eval/statistics.h"

namespace caracal {

/// exp of the mean negative log-likelihood of the scored tokens (Jelinek et al. 1977).
class PerplexityMeter {
 public:
  /// nll: -log p(token), natural logarithm.
  void add(double nll) {
    sum_ += nll;
    mean_.add(nll);
  }
  int64_t n_tokens() const { return mean_.count(); }
  double nll_sum() const { return sum_; }
  double ppl() const { return std::exp(mean_.mean()); }
  /// Of ppl(), to first order: ppl times the standard error of the mean, tokens taken as
  /// independent (so does llama.cpp).
  double standard_error() const { return ppl() * mean_.standard_error(); }

 private:
  double sum_ = 0;
  MeanMeter mean_;
};

}  // namespace caracal
