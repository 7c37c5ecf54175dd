#include <algorithm>
#include <cmath>

#include "decode/sampler/steps.h"

namespace caracal {
namespace {

/// Locally typical sampling: the fewest tokens whose surprise −log p is nearest to the entropy H
/// and whose probabilities sum to at least p (Meister et al. 2022, eq. 8).
class Typical final : public SamplerStep {
 public:
  Typical(double p, size_t min_keep) : p_(p), min_keep_(min_keep) {}

  void apply(Candidates& candidates, const StepInput&) noexcept override {
    const std::span<Candidate> items = candidates.softmax();
    if (items.size() < 2) return;
    const double expected = expected_logit(items);
    // −log p − H = (log Z − logit) − (log Z − E[logit]): the distance of the logit from its mean.
    const auto more_typical = [expected](const Candidate& a, const Candidate& b) {
      const double da = std::abs(a.logit - expected), db = std::abs(b.logit - expected);
      return da != db ? da < db : Likelier()(a, b);
    };
    double mass = 0;
    size_t n = 0;
    for (size_t n_ordered = 0; n < items.size() && (mass < p_ || n < min_keep_); ++n) {
      if (n == n_ordered) {
        n_ordered =
            extend_ordered(items, n_ordered, std::max<size_t>(64, 8 * n_ordered), more_typical);
      }
      mass += items[n].p;
    }
    candidates.forget_order();
    candidates.keep_first(std::max<size_t>(n, 1));
  }

 private:
  static double expected_logit(std::span<const Candidate> items) noexcept {
    double sum = 0, mass = 0;
    for (const Candidate& c : items) {
      if (c.p > 0) sum += static_cast<double>(c.p) * c.logit, mass += c.p;
    }
    return sum / mass;
  }

  double p_;
  size_t min_keep_;
};

}  // namespace

StepPtr make_typical(const SamplingParams& params, const SamplerModel&) {
  if (params.typ_p >= 1) return nullptr;
  return std::make_unique<Typical>(params.typ_p, kept_at_least(params));
}

}  // namespace caracal
