#include "model/rope_angles.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caracal {
namespace {

/// The pair index at which a wavelength makes `rotations` turns within the original context
/// (Peng et al. 2023, equation 17 solved for the dimension).
double yarn_pair_at(const RopeConfig& rope, double rotations) {
  return rope.dim * std::log(rope.original_context / (rotations * 2 * std::numbers::pi)) /
         (2 * std::log(rope.theta));
}

const std::vector<float>& divisors(const RopeConfig& rope, int32_t context) {
  if (rope.scaling != RopeScaling::longrope) return rope.freq_factors;
  return context > rope.original_context ? rope.long_factors : rope.short_factors;
}

}  // namespace

RopeFrequencies rope_frequencies(const RopeConfig& rope, int32_t context) {
  const int32_t pairs = rope.dim / 2;
  const std::vector<float>& factors = divisors(rope, context);
  RopeFrequencies out{.frequency = {}, .magnitude = static_cast<float>(rope.yarn_attn_factor)};
  double low = 0, high = 0;
  if (rope.scaling == RopeScaling::yarn) {
    low = std::max(0.0, std::floor(yarn_pair_at(rope, rope.yarn_beta_fast)));
    high = std::min(rope.dim - 1.0, std::ceil(yarn_pair_at(rope, rope.yarn_beta_slow)));
    const double temperature = rope.yarn_ext_factor != 0 ? 1.0 + 0.1 * std::log(rope.factor) : 1.0;
    out.magnitude *= static_cast<float>(temperature);
  }
  for (int32_t i = 0; i < pairs; ++i) {
    double base = std::pow(rope.theta, -2.0 * i / rope.dim);
    if (!factors.empty()) base /= factors[static_cast<size_t>(i)];
    double frequency = base;
    if (rope.scaling == RopeScaling::linear) frequency = base / rope.factor;
    if (rope.scaling == RopeScaling::yarn) {
      const double ramp = 1.0 - std::clamp((i - low) / std::max(0.001, high - low), 0.0, 1.0);
      const double keep = ramp * rope.yarn_ext_factor;  // share of the unscaled frequency
      frequency = base / rope.factor * (1.0 - keep) + base * keep;
    }
    out.frequency.push_back(frequency);
  }
  return out;
}

}  // namespace caracal
