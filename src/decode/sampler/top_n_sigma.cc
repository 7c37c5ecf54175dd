#include <cmath>

#include "decode/sampler/steps.h"

namespace caracal {
namespace {

/// Logits ≥ max − n·σ, σ the standard deviation of the logits in play (Tang et al. 2024, Top-nσ,
/// alg. 1). Temperature does not change the set.
class TopNSigma final : public SamplerStep {
 public:
  TopNSigma(float n, size_t min_keep) : n_(n), min_keep_(min_keep) {}

  void apply(Candidates& candidates, const StepInput&) noexcept override {
    const float best = candidates.max_logit();
    double count = 0, sum = 0, squares = 0;  // of the distances from the best: no cancellation
    candidates.for_each_logit([&](float logit) {
      const double distance = static_cast<double>(best) - logit;
      count += 1, sum += distance, squares += distance * distance;
    });
    if (count < 2) return;
    const double mean = sum / count;
    const double sigma = std::sqrt(std::max(0.0, squares / count - mean * mean));
    candidates.keep_above(static_cast<float>(best - n_ * sigma), min_keep_);
  }
  bool keeps_best() const override { return true; }

 private:
  double n_;
  size_t min_keep_;
};

}  // namespace

StepPtr make_top_n_sigma(const SamplingParams& params, const SamplerModel&) {
  if (params.top_n_sigma <= 0) return nullptr;
  return std::make_unique<TopNSigma>(params.top_n_sigma, kept_at_least(params));
}

}  // namespace caracal
