#pragma once
#include <span>
#include <string_view>

#include "decode/sampler/sampler_step.h"

namespace caracal {

struct SamplerStepInfo {
  std::string_view name;     ///< as in --samplers
  std::string_view aliases;  ///< "nucleus,topp", may be empty
  bool with_mirostat;        ///< still runs when mirostat replaces the truncating steps
  MakeStep make;
  std::string_view help;
};

/// Every step that --samplers can name.
std::span<const SamplerStepInfo> sampler_steps();
/// Row by name or alias ('-' and '_' are the same); nullptr when there is none.
const SamplerStepInfo* find_sampler_step(std::string_view name);

}  // namespace caracal
