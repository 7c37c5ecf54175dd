#pragma once
#include "ffn/channel_mixer.h"
#include "kernels/small_table.h"

namespace caracal {

/// The feed-forward of the first transformers: output = act(up), element by element. inputs: up.
class Plain final : public ChannelMixer {
 public:
  /// act(x) over n columns, from the table of this machine's loops.
  using Kernel = void (*SmallKernels::*)(const float* x, int64_t n, float* out);

  Plain(std::string_view name, Kernel kernel) : name_(name), kernel_(kernel) {}
  std::string_view name() const override { return name_; }
  void build(PlanBuilder& builder, const ChannelSpec& spec) const override;

 private:
  std::string_view name_;
  Kernel kernel_;
};

}  // namespace caracal
