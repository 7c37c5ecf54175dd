#pragma once
#include <vector>

#include "spec/model_config.h"

namespace caracal {

/// What each rotated pair does with a position: angle = position * frequency[i]; cos and sin are
/// multiplied by magnitude. All the scalings reduce to this:
/// linear (Chen et al. 2023) divides frequencies by the factor; YaRN (Peng et al. 2023,
/// section 3.2) ramps between that and no change by wavelength and sets the magnitude; Llama 3
/// divides by freq_factors.
struct RopeFrequencies {
  std::vector<double> frequency;  ///< [dim/2]
  float magnitude = 1.0f;
};

RopeFrequencies rope_frequencies(const RopeConfig& rope);

}  // namespace caracal
