#pragma once
/// SEAM: channel mixers, what happens inside one token between the linears of a feed-forward part.
#include <span>
#include <string_view>

#include "exec/plan_builder.h"
#include "machine/cpu_features.h"
#include "spec/model_config.h"

namespace caracal {

struct ChannelSpec {
  const ModelConfig* config = nullptr;
  int32_t layer = 0;
  CpuFeatures features;
  std::span<const BufferId> inputs;
  BufferId output = BufferId::none;
};

class ChannelMixer {
 public:
  virtual ~ChannelMixer() = default;
  virtual std::string_view name() const = 0;
  virtual void build(PlanBuilder& builder, const ChannelSpec& spec) const = 0;
};

std::span<const ChannelMixer* const> channel_mixers();
/// nullptr for an unknown name.
const ChannelMixer* find_channel_mixer(std::string_view name);

}  // namespace caracal
