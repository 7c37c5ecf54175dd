#pragma once
#include <array>

#include "exec/operator.h"
#include "weights/weight_format.h"

namespace caracal {

/// --linear-shape: which of a kernel's functions multiplies.
enum class LinearShape : uint8_t {
  automatic,  ///< by the number of rows
  flat,
  gemm,
};

/// A matrix ready to be multiplied: its format, the kernel chosen for this machine, and the bytes
/// that kernel reads.
struct LinearWeight {
  const WeightFormat* format = nullptr;
  const LinearKernel* kernel = nullptr;
  int64_t n_out = 0;
  int64_t n_in = 0;
  const std::byte* data = nullptr;  ///< packed by the kernel, or stored
  size_t data_bytes = 0;            ///< read per step
  int32_t gemm_rows = 6;            ///< from how many rows on kernel->run.gemm is faster than flat
  const float* bias = nullptr;      ///< [n_out] or nullptr
};

struct LinearOutput {
  BufferId buffer = BufferId::none;  ///< floats
  RowCount rows = RowCount::step_rows;
  bool adds = false;    ///< to what the buffer holds
  float factor = 1.0f;  ///< multiplies the result
};

/// out[r] = factor * (W·in[r] + bias), or out[r] += the same. in: encoded as the kernel wants.
class LinearOp final : public Operator {
 public:
  LinearOp(const LinearWeight& weight, BufferId in, const LinearOutput& out);
  std::string_view kind() const override { return "linear"; }
  std::string detail() const override;
  TileSpace tiles() const override;
  std::span<const BufferUse> uses() const override { return uses_; }
  OperatorCost cost() const override;
  size_t scratch_bytes() const override;
  void run(const StepContext& step, const Tile& tile,
           std::span<std::byte> scratch) const noexcept override;

 private:
  const LinearWeight weight_;
  BufferId in_;
  const LinearOutput out_;
  int64_t chunk_;  ///< outputs per tile
  std::array<BufferUse, 2> uses_;
};

}  // namespace caracal
