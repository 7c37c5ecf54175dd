#include "ffn/channel_mixer.h"
#include "ffn/gated/gated.h"

namespace caracal {

std::span<const ChannelMixer* const> channel_mixers() {
  static const SiluGated silu_gated;
  static const ChannelMixer* const mixers[] = {&silu_gated};
  return mixers;
}

const ChannelMixer* find_channel_mixer(std::string_view name) {
  for (const ChannelMixer* mixer : channel_mixers())
    if (mixer->name() == name) return mixer;
  return nullptr;
}

}  // namespace caracal
