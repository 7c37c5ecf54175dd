#include "ffn/channel_mixer.h"
#include "ffn/gated/gated.h"
#include "ffn/plain/plain.h"

namespace caracal {

std::span<const ChannelMixer* const> channel_mixers() {
  static const Gated silu("silu_gated", "silu_mul", &SmallKernels::silu_mul);
  static const Gated gelu("gelu_gated", "gelu_mul", &SmallKernels::gelu_mul);
  static const Plain gelu_erf("gelu_erf", &SmallKernels::gelu_erf);
  static const ChannelMixer* const mixers[] = {&silu, &gelu, &gelu_erf};
  return mixers;
}

const ChannelMixer* find_channel_mixer(std::string_view name) {
  for (const ChannelMixer* mixer : channel_mixers())
    if (mixer->name() == name) return mixer;
  return nullptr;
}

}  // namespace caracal
