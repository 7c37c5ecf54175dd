#include <algorithm>

#include "decode/sampler/steps.h"

namespace caracal {
namespace {

/// Nucleus sampling: the fewest likeliest tokens whose probabilities sum to at least p (Holtzman et
/// al. 2019, eq. 2).
class TopP final : public SamplerStep {
 public:
  TopP(double p, size_t min_keep) : p_(p), min_keep_(min_keep) {}

  void apply(Candidates& candidates, const StepInput&) noexcept override {
    std::span<Candidate> items = candidates.softmax();
    double mass = 0;
    size_t n = 0;
    for (size_t n_ordered = 0; n < items.size() && (mass < p_ || n < min_keep_); ++n) {
      if (n == n_ordered) {  // the nucleus is mostly small: order a few more at a time
        n_ordered = std::max<size_t>(64, 8 * n_ordered);
        items = candidates.ordered(n_ordered);
      }
      mass += items[n].p;
    }
    candidates.ordered(n);
    candidates.keep_first(std::max<size_t>(n, 1));
  }
  bool keeps_best() const override { return true; }

 private:
  double p_;
  size_t min_keep_;
};

}  // namespace

StepPtr make_top_p(const SamplingParams& params, const SamplerModel&) {
  if (params.top_p >= 1) return nullptr;
  return std::make_unique<TopP>(params.top_p, kept_at_least(params));
}

}  // namespace caracal
