#pragma once
/// What a linear kernel receives. Plain data: instruction-set files include it.
#include <cstddef>
#include <cstdint>

namespace caracal {

/// out[r, c] = sum over k of W[c, k] * x[r, k], for r in [row_begin, row_end) and c in
/// [col_begin, col_end); col_begin is a multiple of the kernel's col_tile. Every output is computed
/// by the same sequence of float operations whatever the ranges are (batch invariance): k
/// ascending, one accumulator per output, group of 32 by group of 32 for integer kernels.
struct LinearArgs {
  const std::byte*
      weights;  ///< as pack() wrote them, or the stored bytes for a kernel without pack
  int64_t n_out;
  int64_t n_in;
  const std::byte* acts;  ///< encoded rows (spec/acts.h)
  size_t acts_stride;     ///< bytes between rows
  float* out;             ///< [rows, n_out]
  int64_t out_stride;     ///< floats between rows
  int64_t row_begin, row_end;
  int64_t col_begin, col_end;
  std::byte* scratch = nullptr;  ///< kLinearScratchBytes, 64-byte aligned, for LinearRuns::gemm
};

inline constexpr size_t kLinearScratchBytes = size_t{48} << 10;
inline constexpr size_t kLinearScratchAlignment = 64;

/// The inner loop of a linear kernel. nullptr stands for one that this build does not contain.
using LinearRun = void (*)(const LinearArgs&) noexcept;

/// The shapes of a kernel. All give the same bits; they differ in which number of rows they suit.
struct LinearRuns {
  LinearRun flat = nullptr;  ///< one row (GEMV) and few: reads weights for four rows at a time
  LinearRun gemm = nullptr;  ///< many: unpacks weights once for all rows; nullptr: flat serves
};

}  // namespace caracal
