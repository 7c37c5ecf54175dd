#pragma once
/// Writes the tiles of weights/plane_tile.h from stored rows.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "weights/block_codec.h"
#include "weights/plane_tile.h"

namespace caracal {

/// Outputs [col_begin, col_end) of blob; col_begin is a multiple of kTileRows. packed is the start
/// of the whole packed form.
void pack_planes(const BlockCodec& codec, PlaneShape shape, const WeightBlob& blob,
                 int64_t col_begin, int64_t col_end, std::byte* packed);

/// The row of a format's kernel table for a kernel that reads planes.
template <const BlockCodec& kCodec, PlaneShape kShape>
LinearKernel plane_kernel(std::string_view name, CpuFeatures needs, LinearRun run) {
  static_assert(kCodec.columns == kShape.columns && kCodec.has_min == kShape.has_min);
  struct Packing {
    static size_t packed_bytes(int64_t n_out, int64_t n_in) {
      return static_cast<size_t>(count_tiles(n_out)) * plane_tile_bytes(kShape, n_in);
    }
    static void pack(const WeightBlob& blob, int64_t col_begin, int64_t col_end,
                     std::byte* packed) {
      pack_planes(kCodec, kShape, blob, col_begin, col_end, packed);
    }
  };
  return {name, needs, ActEncoding::q8_32, kTileRows, Packing::packed_bytes, Packing::pack, run};
}

}  // namespace caracal
