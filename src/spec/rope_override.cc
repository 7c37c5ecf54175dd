#include "spec/rope_override.h"

#include <cmath>

#include "base/error.h"

namespace caracal {
namespace {

double positive(const char* flag, double value) {
  if (!(value > 0) || !std::isfinite(value))
    throw_error(ErrorCode::bad_config, flag, "expected a positive number, found {}", value);
  return value;
}

RopeScaling parse_scaling(const std::string& name) {
  for (RopeScaling s : {RopeScaling::none, RopeScaling::linear, RopeScaling::yarn})
    if (name == name_of(s)) return s;
  throw_error(ErrorCode::bad_config, "--rope-scaling", "expected none, linear or yarn, found '{}'",
              name);
}

}  // namespace

void apply(const RopeOverride& o, RopeConfig& rope) {
  if (o.scale && o.freq_scale)
    throw_error(ErrorCode::bad_config, "--rope-scale",
                "give it or --rope-freq-scale (its inverse), not both");
  if (!o.scaling.empty()) rope.scaling = parse_scaling(o.scaling);
  if (o.scale) rope.factor = positive("--rope-scale", *o.scale);
  if (o.freq_scale) rope.factor = 1.0 / positive("--rope-freq-scale", *o.freq_scale);
  // A factor alone means linear scaling, as users of llama.cpp expect.
  if ((o.scale || o.freq_scale) && o.scaling.empty() && rope.scaling == RopeScaling::none)
    rope.scaling = RopeScaling::linear;
  if (o.freq_base) rope.theta = positive("--rope-freq-base", *o.freq_base);
  if (o.yarn_orig_ctx) {
    if (*o.yarn_orig_ctx < 1)
      throw_error(ErrorCode::bad_config, "--yarn-orig-ctx", "expected a positive number, found {}",
                  *o.yarn_orig_ctx);
    rope.original_context = *o.yarn_orig_ctx;
  }
  if (o.yarn_ext_factor) rope.yarn_ext_factor = *o.yarn_ext_factor;
  if (o.yarn_attn_factor)
    rope.yarn_attn_factor = positive("--yarn-attn-factor", *o.yarn_attn_factor);
  if (o.yarn_beta_slow) rope.yarn_beta_slow = positive("--yarn-beta-slow", *o.yarn_beta_slow);
  if (o.yarn_beta_fast) rope.yarn_beta_fast = positive("--yarn-beta-fast", *o.yarn_beta_fast);
}

}  // namespace caracal
