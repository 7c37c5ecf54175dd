#include <algorithm>
#include <cmath>

#include "decode/sampler/steps.h"

namespace caracal {
namespace {

/// Below this a division only overflows; the result is greedy either way.
constexpr float kMinTemperature = 1e-6f;

void apply_temperature(Candidates& candidates, float temperature) noexcept {
  if (temperature < kMinTemperature) {
    candidates.keep_top(1);
  } else if (temperature != 1) {
    candidates.divide_logits(temperature);
  }
}

class Greedy final : public SamplerStep {
 public:
  void apply(Candidates& candidates, const StepInput&) noexcept override { candidates.keep_top(1); }
};

class Temperature final : public SamplerStep {
 public:
  explicit Temperature(float temperature) : temperature_(temperature) {}
  void apply(Candidates& candidates, const StepInput&) noexcept override {
    apply_temperature(candidates, temperature_);
  }
  bool keeps_best() const override { return true; }

 private:
  float temperature_;
};

/// T = low + (high − low) · (H / log n)^exponent with H the entropy of the n candidates: sure steps
/// run cool, open ones hot. (Zhang et al. 2024, EDT, pursue the same idea; the formula is
/// llama.cpp's.)
class DynamicTemperature final : public SamplerStep {
 public:
  DynamicTemperature(float low, float high, float exponent)
      : low_(low), high_(high), exponent_(exponent) {}

  void apply(Candidates& candidates, const StepInput&) noexcept override {
    const std::span<const Candidate> items = candidates.softmax();
    if (items.size() < 2) return;
    double entropy = 0;
    for (const Candidate& c : items) {
      if (c.p > 0) entropy -= static_cast<double>(c.p) * std::log(static_cast<double>(c.p));
    }
    const double openness =
        std::clamp(entropy / std::log(static_cast<double>(items.size())), 0.0, 1.0);
    const double t = low_ + (high_ - low_) * std::pow(openness, exponent_);
    apply_temperature(candidates, static_cast<float>(t));
  }
  bool keeps_best() const override { return true; }

 private:
  double low_, high_, exponent_;
};

}  // namespace

StepPtr make_greedy() { return std::make_unique<Greedy>(); }

StepPtr make_temperature(const SamplingParams& params, const SamplerModel&) {
  if (is_greedy(params)) return make_greedy();
  if (params.dynatemp_range > 0) {
    return std::make_unique<DynamicTemperature>(std::max(0.0f, params.temp - params.dynatemp_range),
                                                params.temp + params.dynatemp_range,
                                                params.dynatemp_exponent);
  }
  if (params.temp == 1) return nullptr;
  return std::make_unique<Temperature>(params.temp);
}

}  // namespace caracal
