#include "weights/pack_tiles.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace caracal {
namespace {

/// One tile of kBytes-wide elements: a transpose of [rows][n_in] into [n_in][8].
template <size_t kBytes>
void pack_floats(const std::byte* stored, int64_t rows, int64_t n_in, std::byte* tile) {
  const size_t row_bytes = static_cast<size_t>(n_in) * kBytes;
  for (int64_t r = 0; r < rows; ++r) {
    const std::byte* from = stored + static_cast<size_t>(r) * row_bytes;
    std::byte* to = tile + static_cast<size_t>(r) * kBytes;
    for (int64_t k = 0; k < n_in; ++k, from += kBytes, to += kTileRows * kBytes)
      std::memcpy(to, from, kBytes);
  }
}

/// Lane r of every block of a tile.
void pack_block_row(BlockShape shape, const std::byte* stored, int64_t n_blocks, size_t r,
                    std::byte* tile) {
  constexpr size_t kHalf = 2, kWord = 4;
  for (int64_t b = 0; b < n_blocks; ++b) {
    for (size_t h = 0; h < shape.n_halves; ++h, stored += kHalf, tile += kHalf * kTileRows)
      std::memcpy(tile + r * kHalf, stored, kHalf);
    for (size_t w = 0; w < shape.code_bytes; w += kWord, stored += kWord, tile += kWord * kTileRows)
      std::memcpy(tile + r * kWord, stored, kWord);
  }
}

/// Calls pack_tile(first stored row, how many rows, tile) for zeroed tiles.
template <class PackTile>
void for_each_tile(const WeightBlob& blob, size_t row_bytes, size_t tile_bytes, int64_t col_begin,
                   int64_t col_end, std::byte* packed, PackTile pack_tile) {
  CRCL_CHECK_OP(col_begin % kTileRows, ==, 0);
  CRCL_CHECK_OP(blob.codes.size(), >=, static_cast<size_t>(blob.n_out) * row_bytes);
  for (int64_t c = col_begin; c < col_end; c += kTileRows) {
    std::byte* tile = packed + static_cast<size_t>(c / kTileRows) * tile_bytes;
    std::memset(tile, 0, tile_bytes);
    pack_tile(blob.codes.data() + static_cast<size_t>(c) * row_bytes,
              std::min(kTileRows, blob.n_out - c), tile);
  }
}

}  // namespace

void pack_float_tiles(size_t element_bytes, const WeightBlob& blob, int64_t col_begin,
                      int64_t col_end, std::byte* packed) {
  const int64_t n_in = blob.n_in;
  for_each_tile(blob, static_cast<size_t>(n_in) * element_bytes,
                float_tile_bytes(element_bytes, n_in), col_begin, col_end, packed,
                [&](const std::byte* stored, int64_t rows, std::byte* tile) {
                  if (element_bytes == 4)
                    pack_floats<4>(stored, rows, n_in, tile);
                  else
                    pack_floats<2>(stored, rows, n_in, tile);
                });
}

void pack_block_tiles(BlockShape shape, const WeightBlob& blob, int64_t col_begin, int64_t col_end,
                      std::byte* packed) {
  const int64_t n_blocks = blob.n_in / kBlockColumns;
  const size_t row_bytes = static_cast<size_t>(n_blocks) * (2 * shape.n_halves + shape.code_bytes);
  for_each_tile(blob, row_bytes, block_tile_bytes(shape, blob.n_in), col_begin, col_end, packed,
                [&](const std::byte* stored, int64_t rows, std::byte* tile) {
                  for (int64_t r = 0; r < rows; ++r)
                    pack_block_row(shape, stored + static_cast<size_t>(r) * row_bytes, n_blocks,
                                   static_cast<size_t>(r), tile);
                });
}

}  // namespace caracal
