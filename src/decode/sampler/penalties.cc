#include "decode/sampler/steps.h"

namespace caracal {
namespace {

/// With n occurrences of a token in the window:
///   logit = logit > 0 ? logit / repeat : logit * repeat      (Keskar et al. 2019, sec. 4.1)
///   logit -= n * frequency + (n > 0) * presence               (OpenAI API)
class Penalties final : public SamplerStep {
 public:
  Penalties(const SamplingParams& params, const SamplerModel& model)
      : window_(window_of(params.repeat_last_n, model)),
        repeat_(params.repeat_penalty),
        frequency_(params.frequency_penalty),
        presence_(params.presence_penalty) {}

  void apply(Candidates& candidates, const StepInput& in) noexcept override {
    TokenTable<int32_t>& counts = in.scratch.values;
    counts.clear();
    for (const TokenId token : in.history.last(window_)) counts.count(token);
    candidates.edit(counts, [this](float logit, int32_t n) {
      const float scaled = logit > 0 ? logit / repeat_ : logit * repeat_;
      return scaled - (static_cast<float>(n) * frequency_ + presence_);
    });
  }
  int32_t history_window() const override { return window_; }

 private:
  int32_t window_;
  float repeat_, frequency_, presence_;
};

}  // namespace

StepPtr make_penalties(const SamplingParams& params, const SamplerModel& model) {
  const bool neutral =
      params.repeat_penalty == 1 && params.frequency_penalty == 0 && params.presence_penalty == 0;
  if (neutral || params.repeat_last_n == 0) return nullptr;
  return std::make_unique<Penalties>(params, model);
}

}  // namespace caracal
