#pragma once
#include "ffn/channel_mixer.h"
#include "kernels/small_table.h"

namespace caracal {

/// Gated linear units (Shazeer 2020): output = act(gate) * up, element by element. inputs: gate,
/// up.
class Gated final : public ChannelMixer {
 public:
  /// act(gate) * up over n columns, from the table of this machine's loops.
  using Kernel = void (*SmallKernels::*)(const float* gate, const float* up, int64_t n, float* out);

  Gated(std::string_view name, std::string_view op, Kernel kernel)
      : name_(name), op_(op), kernel_(kernel) {}
  std::string_view name() const override { return name_; }
  void build(PlanBuilder& builder, const ChannelSpec& spec) const override;

 private:
  std::string_view name_;
  std::string_view op_;  ///< as printed in plans
  Kernel kernel_;
};

}  // namespace caracal
