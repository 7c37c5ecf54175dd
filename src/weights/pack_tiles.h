#pragma once
/// Writes the tiles of weights/tile8.h from stored rows.
#include <cstddef>
#include <cstdint>

#include "weights/tile8.h"
#include "weights/weight_format.h"

namespace caracal {

/// Outputs [col_begin, col_end) of blob; col_begin is a multiple of kTileRows. packed is the start
/// of the whole packed form.
void pack_float_tiles(size_t element_bytes, const WeightBlob& blob, int64_t col_begin,
                      int64_t col_end, std::byte* packed);
void pack_block_tiles(BlockShape shape, const WeightBlob& blob, int64_t col_begin, int64_t col_end,
                      std::byte* packed);

/// The columns of LinearKernel, for a format whose elements or blocks are known when compiling.
template <size_t kElementBytes>
struct FloatTiles {
  static size_t packed_bytes(int64_t n_out, int64_t n_in) {
    return static_cast<size_t>(count_tiles(n_out)) * float_tile_bytes(kElementBytes, n_in);
  }
  static void pack(const WeightBlob& blob, int64_t col_begin, int64_t col_end, std::byte* packed) {
    pack_float_tiles(kElementBytes, blob, col_begin, col_end, packed);
  }
};

template <size_t kHalves, size_t kCodeBytes>
struct BlockTiles {
  static constexpr BlockShape kShape = {kHalves, kCodeBytes};
  static size_t packed_bytes(int64_t n_out, int64_t n_in) {
    return static_cast<size_t>(count_tiles(n_out)) * block_tile_bytes(kShape, n_in);
  }
  static void pack(const WeightBlob& blob, int64_t col_begin, int64_t col_end, std::byte* packed) {
    pack_block_tiles(kShape, blob, col_begin, col_end, packed);
  }
};

}  // namespace caracal
