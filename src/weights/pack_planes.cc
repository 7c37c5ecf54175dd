#include "weights/pack_planes.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/float16.h"
#include "weights/bit_strips.h"

namespace caracal {
namespace {

constexpr int kGroup = 32;
constexpr size_t kWord = 4;  // bytes of a line that belong to one row

/// Puts `bytes` of one row into its places of the lines at `lines`.
void place_words(const std::byte* row, size_t bytes, size_t r, std::byte* lines) {
  for (size_t i = 0; i < bytes; i += kWord)
    std::memcpy(lines + i * kTileRows + r * kWord, row + i, kWord);
}

/// Bits [shift, shift + kBits) of 32 codes as one row of a plane; returns where its lines end.
template <int kBits>
std::byte* place_plane(const uint8_t* codes, int shift, size_t r, std::byte* lines) {
  constexpr size_t kBytes = kGroup * kBits / 8;
  std::byte row[kBytes];
  BitStrips<kBits, kBits == 4 ? 16 : 4>::write(codes, kGroup, shift, row);
  place_words(row, kBytes, r, lines);
  return lines + kBytes * kTileRows;
}

void place_codes(int bits, const uint8_t* codes, size_t r, std::byte* lines) {
  const int low = bits >= 4 ? 4 : 2;
  lines = low == 4 ? place_plane<4>(codes, 0, r, lines) : place_plane<2>(codes, 0, r, lines);
  if (bits - low == 2) place_plane<2>(codes, low, r, lines);
  if (bits - low == 1) place_plane<1>(codes, low, r, lines);
}

/// Row r's integers of a group: one per 16 or 32 columns.
void place_scales(PlaneShape shape, const int8_t* scales, size_t r, std::byte* out) {
  const auto each = static_cast<size_t>(kGroup / shape.scale_columns);
  std::memcpy(out + r * each, scales, each);
}

void place_step(PlaneShape shape, float step, size_t r, std::byte* out) {
  const uint16_t bits = shape.bf16_steps ? f32_to_bf16(step) : f32_to_f16(step);
  std::memcpy(out + 2 * r, &bits, 2);
}

void place_block(PlaneShape shape, const UnpackedBlock& block, size_t r, std::byte* out) {
  place_step(shape, block.d, r, out);
  if (shape.has_min) place_step(shape, block.dmin, r, out + kStepBytes);
  out += plane_header_bytes(shape);
  for (int g = 0; g < shape.columns / kGroup; ++g, out += plane_group_bytes(shape)) {
    if (shape.scale_columns != 0) {
      place_scales(shape, block.scales + 2 * g, r, out);
      if (shape.has_min) place_scales(shape, block.mins + 2 * g, r, out + plane_scale_bytes(shape));
    }
    place_codes(shape.bits, block.codes + g * kGroup, r, out + plane_companion_bytes(shape));
  }
}

}  // namespace

void pack_planes(const BlockCodec& codec, PlaneShape shape, const WeightBlob& blob,
                 int64_t col_begin, int64_t col_end, std::byte* packed) {
  const int64_t n_blocks = blob.n_in / codec.columns;
  const size_t row_bytes = static_cast<size_t>(n_blocks * codec.bytes);
  const size_t tile_bytes = plane_tile_bytes(shape, blob.n_in);
  CRCL_CHECK_OP(col_begin % kTileRows, ==, 0);
  CRCL_CHECK_OP(blob.codes.size(), >=, static_cast<size_t>(blob.n_out) * row_bytes);
  UnpackedBlock block;
  for (int64_t c = col_begin; c < col_end; c += kTileRows) {
    std::byte* tile = packed + static_cast<size_t>(c / kTileRows) * tile_bytes;
    std::memset(tile, 0, tile_bytes);
    for (int64_t r = 0; r < std::min(kTileRows, blob.n_out - c); ++r) {
      const std::byte* stored = blob.codes.data() + static_cast<size_t>(c + r) * row_bytes;
      for (int64_t b = 0; b < n_blocks; ++b, stored += codec.bytes) {
        codec.load(stored, block);
        place_block(shape, block, static_cast<size_t>(r),
                    tile + static_cast<size_t>(b) * plane_block_bytes(shape));
      }
    }
  }
}

}  // namespace caracal
