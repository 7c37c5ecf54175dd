#pragma once
/// What the GEMM kernels multiply: a piece of two neighbouring weight tiles, unpacked once into the
/// first-level cache for all activation rows. Every block format comes down to this one form, so
/// that inner loops are written per instruction set and not per format. Plain data: instruction-set
/// files include it.
#include <cstddef>
#include <cstdint>

#include "weights/linear_args.h"
#include "weights/tile16.h"

namespace caracal {

/// Groups of 32 columns in a panel: its codes take 8 KiB.
static constexpr int kPanelGroups = 8;

/// Outputs of a panel: two tiles.
static constexpr int64_t kPanelOutputs = 2 * kTileRows;

/// Activation rows of one call of a GEMM kernel at most.
static constexpr int64_t kGemmRows = 128;

/// A value is code - offset, its weight (scale * value) + min; or, with a scale per 16 columns,
/// (scale * integer scale) * value - min * integer min.
struct GemmPanel {
  alignas(64) uint8_t codes[kPanelGroups][8][kPanelOutputs][4];  ///< [group][4 columns][row]
  /// Signed values of 8-bit formats, where bytes cannot be multiplied: [group][2 columns][row].
  alignas(64) int16_t words[kPanelGroups][16][kPanelOutputs][2];
  alignas(64) float scale[kPanelGroups][kPanelOutputs];
  alignas(64) float min[kPanelGroups][kPanelOutputs];
  alignas(64) int16_t scale_pair[kPanelGroups][kPanelOutputs][2];  ///< of columns 0..15 and 16..31
  alignas(64) int16_t min_pair[kPanelGroups][kPanelOutputs][2];
};

/// Scratch memory of a GEMM call.
struct GemmScratch {
  GemmPanel panel;
  alignas(64) float acc[kGemmRows][kPanelOutputs];
};

/// The same for float formats.
static constexpr int64_t kFloatPanelColumns = 256;
struct FloatGemmScratch {
  alignas(64) float panel[kFloatPanelColumns][kTileRows];
  alignas(64) float acc[kGemmRows][kTileRows];
};

static_assert(sizeof(GemmScratch) <= kLinearScratchBytes &&
              sizeof(FloatGemmScratch) <= kLinearScratchBytes);

}  // namespace caracal
