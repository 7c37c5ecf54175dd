#pragma once
/// Writes the block tiles of weights/tile16.h from stored rows.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "weights/block_codec.h"
#include "weights/tile16.h"

namespace caracal {

/// Outputs [col_begin, col_end) of blob; col_begin is a multiple of kTileRows. packed is the start
/// of the whole packed form.
void pack_blocks(const BlockCodec& codec, TileShape shape, const WeightBlob& blob,
                 int64_t col_begin, int64_t col_end, std::byte* packed);

/// The row of a format's kernel table for a kernel that reads tiles.
template <const BlockCodec& kCodec, TileShape kShape>
LinearKernel tile_kernel(std::string_view name, CpuFeatures needs, LinearRuns run) {
  static_assert(kCodec.columns == kShape.columns && kCodec.has_min == kShape.has_min &&
                kCodec.fine_scales == (kShape.scale_columns == 16));
  struct Packing {
    static size_t packed_bytes(int64_t n_out, int64_t n_in) {
      return static_cast<size_t>(count_tiles(n_out)) * block_tile_bytes(kShape, n_in);
    }
    static void pack(const WeightBlob& blob, int64_t col_begin, int64_t col_end,
                     std::byte* packed) {
      pack_blocks(kCodec, kShape, blob, col_begin, col_end, packed);
    }
  };
  return {name, needs, ActEncoding::q8_32, kTileRows, Packing::packed_bytes, Packing::pack, run};
}

}  // namespace caracal
