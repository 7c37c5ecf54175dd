#pragma once
/// The packed form shared by kernels in which a vector lane is a weight row: tiles of 8 outputs,
/// each tile contiguous and a multiple of 64 bytes, one after the other. Missing rows of the last
/// tile are zero. Plain data: instruction-set files include it, so every function is static.
///
/// Floats: [n_in][8 rows] elements.
/// Blocks of 32 columns: the f16 companions of all blocks, [n_blocks][companion][8 rows], padded to
/// 64 bytes; then the codes of all blocks, [n_blocks][line][8 rows][4 bytes], where line j holds
/// bytes 4j..4j+3 of each row's stored codes.
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

static inline constexpr size_t round_to_64(size_t bytes) { return (bytes + 63) / 64 * 64; }

static inline constexpr int64_t count_tiles(int64_t n_out) {
  return (n_out + kTileRows - 1) / kTileRows;
}

static inline constexpr size_t float_tile_bytes(size_t element_bytes, int64_t n_in) {
  return round_to_64(static_cast<size_t>(n_in * kTileRows) * element_bytes);
}

/// Bytes from the start of a tile to its codes.
static inline constexpr size_t companion_bytes(BlockShape shape, int64_t n_in) {
  return round_to_64(static_cast<size_t>(n_in / kBlockColumns * kTileRows) * 2 * shape.n_halves);
}

static inline constexpr size_t block_tile_bytes(BlockShape shape, int64_t n_in) {
  return companion_bytes(shape, n_in) +
         static_cast<size_t>(n_in / kBlockColumns * kTileRows) * shape.code_bytes;
}

}  // namespace caracal
