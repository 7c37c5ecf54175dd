#pragma once
/// The packed form of block formats whose codes are unpacked while packing (block_codec.h): tiles
/// of 8 outputs as in tile8.h, a vector lane being a weight row, with the bits of the codes in
/// planes that vector code can take apart by shifts. Plain data: instruction-set files include it,
/// so every function is static.
///
/// A tile is [n_in / columns] blocks:
///   16-bit steps d[8 rows], then dmin[8 rows] where there are minima
///   [columns / 32 groups]
///     int8 scales[8 rows][32 / scale_columns], then minima likewise, where there are scales
///     4-bit plane, 2-bit plane, 1-bit plane, as bits = 2 to 6 need them: lines [8 rows][4 bytes]
/// Byte b of line i holds, of the 32 columns of a group, field f of column
///   4-bit plane, lines 0..3: 16f + 4i + b
///   2-bit plane, lines 0..1: 16i + 4f + b
///   1-bit plane, line 0:     4f + b
/// Codes of 5 and 6 bits have their low bits in the 4-bit plane, codes of 3 bits in the 2-bit
/// plane.
#include <cstddef>
#include <cstdint>

#include "weights/tile8.h"

namespace caracal {

struct PlaneShape {
  int columns;            ///< of a block: 32 or 256
  int bits;               ///< of a code
  int scale_columns = 0;  ///< columns that share an integer scale: 16, 32, or 0 for none
  bool has_min = false;
  bool bf16_steps = false;  ///< d is a bf16, not an f16
};

static constexpr size_t kPlaneLine = 4 * kTileRows;
static constexpr size_t kStepBytes = 2 * kTileRows;

static inline constexpr size_t plane_header_bytes(PlaneShape s) {
  return s.has_min ? 2 * kStepBytes : kStepBytes;
}
/// Scales of a group; its minima take as many.
static inline constexpr size_t plane_scale_bytes(PlaneShape s) {
  return s.scale_columns == 0 ? 0 : static_cast<size_t>(kTileRows * 32 / s.scale_columns);
}
/// Everything of a group before its codes.
static inline constexpr size_t plane_companion_bytes(PlaneShape s) {
  return s.has_min ? 2 * plane_scale_bytes(s) : plane_scale_bytes(s);
}
static inline constexpr size_t plane_group_bytes(PlaneShape s) {
  return plane_companion_bytes(s) + static_cast<size_t>(s.bits) * kPlaneLine;
}
static inline constexpr size_t plane_block_bytes(PlaneShape s) {
  return plane_header_bytes(s) + static_cast<size_t>(s.columns / 32) * plane_group_bytes(s);
}
static inline constexpr size_t plane_tile_bytes(PlaneShape s, int64_t n_in) {
  return static_cast<size_t>(n_in / s.columns) * plane_block_bytes(s);
}

}  // namespace caracal
