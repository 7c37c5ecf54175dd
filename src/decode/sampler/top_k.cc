#include <algorithm>

#include "decode/sampler/steps.h"

namespace caracal {
namespace {

/// The k likeliest tokens (Fan et al. 2018, sec. 5.4); of equals the lower ids.
class TopK final : public SamplerStep {
 public:
  explicit TopK(size_t k) : k_(k) {}
  void apply(Candidates& candidates, const StepInput&) noexcept override {
    candidates.keep_top(k_);
  }
  bool keeps_best() const override { return true; }

 private:
  size_t k_;
};

}  // namespace

StepPtr make_top_k(const SamplingParams& params, const SamplerModel& model) {
  if (params.top_k <= 0 || params.top_k >= model.n_vocab) return nullptr;
  return std::make_unique<TopK>(std::max(static_cast<size_t>(params.top_k), kept_at_least(params)));
}

}  // namespace caracal
