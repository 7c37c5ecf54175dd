#pragma once
#include "ffn/channel_mixer.h"

namespace caracal {

/// SwiGLU (Shazeer 2020): output = silu(gate) * up, element by element. inputs: gate, up.
class SiluGated final : public ChannelMixer {
 public:
  std::string_view name() const override { return "silu_gated"; }
  void build(PlanBuilder& builder, const ChannelSpec& spec) const override;
};

}  // namespace caracal
