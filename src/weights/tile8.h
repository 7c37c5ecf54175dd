#pragma once
/// The packed form shared by kernels in which a vector lane is a weight row: tiles of 8 outputs,
/// each tile contiguous, one after the other. Missing rows of the last tile are zero. Plain data:
/// instruction-set files include it, so every function is static.
///
/// Floats: [n_in][8 rows] elements.
/// Blocks of 32 columns: [n_blocks] of the f16 companions, [companion][8 rows], then the codes,
/// [line][8 rows][4 bytes], where line j holds bytes 4j..4j+3 of each row's stored codes. As many
/// bytes as in the file, read as one stream.
#include <cstddef>
#include <cstdint>

namespace caracal {

static constexpr int64_t kTileRows = 8;
static constexpr int64_t kBlockColumns = 32;

/// The stored block: n_halves f16 companions, then code_bytes of codes.
struct BlockShape {
  size_t n_halves;
  size_t code_bytes;
};

static inline constexpr int64_t count_tiles(int64_t n_out) {
  return (n_out + kTileRows - 1) / kTileRows;
}

static inline constexpr size_t float_tile_bytes(size_t element_bytes, int64_t n_in) {
  return static_cast<size_t>(n_in * kTileRows) * element_bytes;
}

/// Bytes of the companions of one block of a tile; its codes follow.
static inline constexpr size_t companion_bytes(BlockShape shape) {
  return shape.n_halves * 2 * kTileRows;
}

static inline constexpr size_t packed_block_bytes(BlockShape shape) {
  return companion_bytes(shape) + shape.code_bytes * kTileRows;
}

static inline constexpr size_t block_tile_bytes(BlockShape shape, int64_t n_in) {
  return static_cast<size_t>(n_in / kBlockColumns) * packed_block_bytes(shape);
}

}  // namespace caracal
