#pragma once
/// The packed form that every vector kernel reads: tiles of 16 outputs, each contiguous, one after
/// the other. A vector lane is a weight row, so products need no sums across lanes, and one layout
/// serves every instruction set and every number of activation rows. Missing rows of the last tile
/// are zero. Plain data: instruction-set files include it, so every function is static.
///
/// Floats: [n_in][16 rows] elements; bf16: [ceil(n_in / 2)][16 rows][2 columns], zero beyond n_in.
///
/// Block formats, unpacked while packing (block_codec.h): strips of 64 columns, or of 256 for
/// formats with blocks of 256; every line below is 64 bytes and begins at a multiple of 64. The
/// last strip has the groups that are left.
///   steps: blocks of 32: d[2 blocks][16 rows], then dmin likewise where there are minima
///          blocks of 256: d[16 rows], dmin[16 rows] (unused without minima)
///          16 bits each
///   int8 scales [groups][16 rows][32 / scale_columns], then minima likewise, where there are any
///   [groups of 32 columns] code lines, [16 rows][4 bytes]
///     a 4-bit plane, a 2-bit plane, a 1-bit plane, as 2 to 6 bits need them, or 8 lines of bytes
/// Byte b of line i holds, of the 32 columns of a group, field f of column
///   bytes,       lines 0..7: 4i + b
///   4-bit plane, lines 0..3: 16f + 4i + b
///   2-bit plane, lines 0..1: 16i + 4f + b
///   1-bit plane, line 0:     4f + b
/// Codes of 5 and 6 bits have their low bits in the 4-bit plane, codes of 3 bits in the 2-bit
/// plane.
#include <cstddef>
#include <cstdint>

namespace caracal {

static constexpr int64_t kTileRows = 16;
static constexpr int64_t kGroupColumns = 32;
static constexpr size_t kLineBytes = 4 * kTileRows;
static constexpr size_t kStepBytes = 2 * kTileRows;  ///< of one step of 16 rows

struct TileShape {
  int columns;            ///< of a stored block: 32 or 256
  int bits;               ///< of a code: 2 to 6, or 8
  int scale_columns = 0;  ///< columns that share an integer scale: 16, 32, or 0 for none
  bool has_min = false;
  bool bf16_steps = false;  ///< d is a bf16, not an f16
};

static inline constexpr int64_t count_tiles(int64_t n_out) {
  return (n_out + kTileRows - 1) / kTileRows;
}

static inline constexpr size_t float_tile_bytes(size_t element_bytes, int64_t n_in) {
  return static_cast<size_t>(n_in * kTileRows) * element_bytes;
}
static inline constexpr size_t bf16_tile_bytes(int64_t n_in) {
  return static_cast<size_t>((n_in + 1) / 2) * kLineBytes;
}

static inline constexpr int strip_columns(TileShape s) { return s.columns == 256 ? 256 : 64; }
static inline constexpr int strip_groups(TileShape s) { return strip_columns(s) / 32; }

/// Where the steps of group g of a strip lie.
static inline constexpr size_t step_offset(TileShape s, int g) {
  return s.columns == 256 ? 0 : static_cast<size_t>(g) * kStepBytes;
}
static inline constexpr size_t min_step_offset(TileShape s, int g) {
  return s.columns == 256 ? kStepBytes : kLineBytes + static_cast<size_t>(g) * kStepBytes;
}
static inline constexpr size_t steps_bytes(TileShape s) {
  return s.columns == 32 && s.has_min ? 2 * kLineBytes : kLineBytes;
}

/// Integer scales of one group of 16 rows.
static inline constexpr size_t group_scale_bytes(TileShape s) {
  return s.scale_columns == 0 ? 0 : static_cast<size_t>(kTileRows * 32 / s.scale_columns);
}
static inline constexpr size_t scale_offset(TileShape s, int g) {
  return steps_bytes(s) + static_cast<size_t>(g) * group_scale_bytes(s);
}
static inline constexpr size_t min_offset(TileShape s, int g) {
  return scale_offset(s, strip_groups(s) + g);
}

static inline constexpr size_t header_bytes(TileShape s) {
  return scale_offset(s, s.has_min ? 2 * strip_groups(s) : strip_groups(s));
}
static inline constexpr size_t group_bytes(TileShape s) {
  return static_cast<size_t>(s.bits) * kLineBytes;
}
static inline constexpr size_t strip_bytes(TileShape s) {
  return header_bytes(s) + static_cast<size_t>(strip_groups(s)) * group_bytes(s);
}
static inline constexpr size_t block_tile_bytes(TileShape s, int64_t n_in) {
  const int64_t full = n_in / strip_columns(s), left = n_in % strip_columns(s) / kGroupColumns;
  return static_cast<size_t>(full) * strip_bytes(s) +
         (left ? header_bytes(s) + static_cast<size_t>(left) * group_bytes(s) : 0);
}

}  // namespace caracal
