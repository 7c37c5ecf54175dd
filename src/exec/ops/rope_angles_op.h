#pragma once
#include <array>
#include <vector>

#include "exec/operator.h"

namespace caracal {

/// Writes each row's rotation once a step, for all layers: out[r] = cos[dim/2], then sin[dim/2] of
/// position * frequency, times magnitude.
class RopeAnglesOp final : public Operator {
 public:
  RopeAnglesOp(std::vector<double> frequency, float magnitude, BufferId out)
      : frequency_(std::move(frequency)),
        magnitude_(magnitude),
        out_(out),
        uses_{BufferUse{out, true, true}} {}
  std::string_view kind() const override { return "rope_angles"; }
  TileSpace tiles() const override { return {RowCount::step_rows, 1, 1}; }
  std::span<const BufferUse> uses() const override { return uses_; }
  void run(const StepContext& step, const Tile& tile, std::span<std::byte>) const noexcept override;

 private:
  std::vector<double> frequency_;
  float magnitude_;
  BufferId out_;
  std::array<BufferUse, 1> uses_;
};

}  // namespace caracal
