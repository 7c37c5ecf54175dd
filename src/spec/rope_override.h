#pragma once
/// --rope-*: what the command line changes of a model's position embedding.
#include <optional>
#include <string>

#include "spec/model_config.h"

namespace caracal {

struct RopeOverride {
  std::string scaling;          ///< none, linear, yarn; empty: as the file says
  std::optional<double> scale;  ///< context extension factor
  std::optional<double> freq_base;
  std::optional<double> freq_scale;  ///< 1 / factor
  std::optional<int32_t> yarn_orig_ctx;
  std::optional<double> yarn_ext_factor, yarn_attn_factor, yarn_beta_slow, yarn_beta_fast;
};

/// Throws Error(bad_config) naming the flag.
void apply(const RopeOverride& override, RopeConfig& rope);

}  // namespace caracal
