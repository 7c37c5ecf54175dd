#pragma once
#include <array>

#include "exec/operator.h"
#include "kernels/small_kernels.h"

namespace caracal {

/// Encodes float rows as q8_32 (spec/acts.h), once for all linears that read them. Each tile part
/// holds whole groups of 32 columns.
class QuantizeOp final : public Operator {
 public:
  QuantizeOp(const SmallKernels& kernels, BufferId in, BufferId out, int64_t cols, TileSpace tiles);
  std::string_view kind() const override { return "quantize"; }
  TileSpace tiles() const override { return tiles_; }
  std::span<const BufferUse> uses() const override { return uses_; }
  void run(const StepContext& step, const Tile& tile, std::span<std::byte>) const noexcept override;

 private:
  const SmallKernels& kernels_;
  BufferId in_, out_;
  int64_t cols_;
  TileSpace tiles_;
  std::array<BufferUse, 2> uses_;
};

}  // namespace caracal
