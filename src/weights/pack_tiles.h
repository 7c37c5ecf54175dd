#pragma once
/// Writes the tiles of weights/tile16.h from stored rows: what all formats share, and floats.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/check.h"
#include "weights/tile16.h"
#include "weights/weight_format.h"

namespace caracal {

/// Calls pack_tile(first stored row, how many rows, tile) for the zeroed tiles of outputs
/// [col_begin, col_end).
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

/// The columns of LinearKernel for elements of kElementBytes; kColumns of them lie side by side in
/// a tile, n_in being filled up with zeros.
template <size_t kElementBytes, int64_t kColumns>
struct FloatTiles {
  static size_t tile_bytes(int64_t n_in) {
    return static_cast<size_t>((n_in + kColumns - 1) / kColumns * kColumns * kTileRows) *
           kElementBytes;
  }
  static size_t packed_bytes(int64_t n_out, int64_t n_in) {
    return static_cast<size_t>(count_tiles(n_out)) * tile_bytes(n_in);
  }
  static void pack(const WeightBlob& blob, int64_t col_begin, int64_t col_end, std::byte* packed) {
    const size_t row_bytes = static_cast<size_t>(blob.n_in) * kElementBytes;
    for_each_tile(blob, row_bytes, tile_bytes(blob.n_in), col_begin, col_end, packed,
                  [&](const std::byte* stored, int64_t rows, std::byte* tile) {
                    for (int64_t r = 0; r < rows; ++r)
                      pack_row(stored + static_cast<size_t>(r) * row_bytes, blob.n_in, r, tile);
                  });
  }

 private:
  static void pack_row(const std::byte* stored, int64_t n_in, int64_t r, std::byte* tile) {
    for (int64_t k = 0; k < n_in; ++k, stored += kElementBytes)
      std::memcpy(
          tile + static_cast<size_t>((k / kColumns * kTileRows + r) * kColumns + k % kColumns) *
                     kElementBytes,
          stored, kElementBytes);
  }
};

}  // namespace caracal
