#pragma once
#include <vector>

#include "spec/model_config.h"

namespace caracal {

/// What each rotated pair does with a position: angle = position * frequency[i]; cos and sin are
/// multiplied by magnitude. All the scalings reduce to this:
/// linear (Chen et al. 2023) divides frequencies by the factor; YaRN (Peng et al. 2023,
/// section 3.2) ramps between that and no change by wavelength and sets the magnitude; Llama 3 and
/// LongRoPE divide by factors of their own.
struct RopeFrequencies {
  std::vector<double> frequency;  ///< [dim/2]
  float magnitude = 1.0f;
};

/// context: how long sequences may grow. LongRoPE (Ding et al. 2024) has two sets of divisors, and
/// the one for its whole life is chosen by it.
RopeFrequencies rope_frequencies(const RopeConfig& rope, int32_t context);

}  // namespace caracal
