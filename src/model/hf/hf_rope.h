#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/hf/arch_writer.h"
#include "model/hf/hf_config.h"

namespace caracal {

/// A tensor of numbers that a GGUF file holds and a Hugging Face checkpoint only describes.
struct MadeTensor {
  std::string_view name;
  std::vector<float> values;
};

/// What an architecture says about its rotation.
struct HfRopeRules {
  int32_t head_dim = 0;
  double default_theta = 10000.0;  ///< where the file says nothing
  bool may_be_partial = false;     ///< a share of the columns of a head may be rotated
  bool may_be_long = false;        ///< longrope
};

/// Reads the rotary settings of config.json in both spellings: rope_theta and rope_scaling, or
/// rope_parameters (transformers 5), there also one per kind of layer. Writes rope.freq_base,
/// rope.freq_base_swa, rope.dimension_count and rope.scaling.*; returns the frequency divisors of
/// llama3 and longrope. Throws Error(unsupported) for a scaling that this version does not know.
std::vector<MadeTensor> write_rope(const HfConfig& config, const HfRopeRules& rules,
                                   ArchWriter& keys);

}  // namespace caracal
