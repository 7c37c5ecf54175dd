#include <cmath>

#include "decode/sampler/steps.h"

namespace caracal {
namespace {

/// Tokens with probability ≥ p · max probability (Nguyen et al. 2024, eq. 2), which in logits is
/// logit ≥ max + log p: no softmax needed.
class MinP final : public SamplerStep {
 public:
  MinP(float p, size_t min_keep) : log_p_(std::log(p)), min_keep_(min_keep) {}
  void apply(Candidates& candidates, const StepInput&) noexcept override {
    candidates.keep_above(candidates.max_logit() + log_p_, min_keep_);
  }
  bool keeps_best() const override { return true; }

 private:
  float log_p_;
  size_t min_keep_;
};

}  // namespace

StepPtr make_min_p(const SamplingParams& params, const SamplerModel&) {
  if (params.min_p <= 0) return nullptr;
  return std::make_unique<MinP>(params.min_p, kept_at_least(params));
}

}  // namespace caracal
