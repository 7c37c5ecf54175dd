#pragma once
/// The factories in registry.cc, each defined in the file of its step. All return nullptr where the
/// parameters switch the step off, except the last two, which the chain adds by itself.
#include "decode/sampler/sampler_step.h"

namespace caracal {

using StepPtr = std::unique_ptr<SamplerStep>;

StepPtr make_penalties(const SamplingParams&, const SamplerModel&);
StepPtr make_dry(const SamplingParams&, const SamplerModel&);
StepPtr make_top_n_sigma(const SamplingParams&, const SamplerModel&);
StepPtr make_top_k(const SamplingParams&, const SamplerModel&);
StepPtr make_typical(const SamplingParams&, const SamplerModel&);
StepPtr make_top_p(const SamplingParams&, const SamplerModel&);
StepPtr make_min_p(const SamplingParams&, const SamplerModel&);
StepPtr make_xtc(const SamplingParams&, const SamplerModel&);
/// The greedy step when is_greedy(params).
StepPtr make_temperature(const SamplingParams&, const SamplerModel&);
StepPtr make_mirostat(const SamplingParams&, const SamplerModel&);
StepPtr make_greedy();

/// Temperature 0 without a dynamic range above it.
inline bool is_greedy(const SamplingParams& params) {
  return params.temp <= 0 && params.dynatemp_range <= 0;
}

/// min_keep as the steps use it: at least one candidate stays.
inline size_t kept_at_least(const SamplingParams& params) {
  return static_cast<size_t>(params.min_keep > 1 ? params.min_keep : 1);
}

/// A window of the history in tokens: -1 is the whole context.
inline int32_t window_of(int32_t last_n, const SamplerModel& model) {
  return last_n < 0 || last_n > model.n_ctx ? model.n_ctx : last_n;
}

}  // namespace caracal
