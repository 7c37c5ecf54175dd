#include "weights/pack_blocks.h"

#include <cstring>

#include "base/float16.h"
#include "weights/bit_strips.h"
#include "weights/pack_tiles.h"

namespace caracal {
namespace {

constexpr int kGroup = static_cast<int>(kGroupColumns);
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
  if (bits == 8) return place_words(reinterpret_cast<const std::byte*>(codes), kGroup, r, lines);
  const int low = bits >= 4 ? 4 : 2;
  lines = low == 4 ? place_plane<4>(codes, 0, r, lines) : place_plane<2>(codes, 0, r, lines);
  if (bits - low == 2) place_plane<2>(codes, low, r, lines);
  if (bits - low == 1) place_plane<1>(codes, low, r, lines);
}

/// Row r's integers of a group: one per 16 or 32 columns.
void place_scales(TileShape shape, const int8_t* scales, size_t r, std::byte* out) {
  const auto each = static_cast<size_t>(kGroup / shape.scale_columns);
  std::memcpy(out + r * each, scales, each);
}

void place_step(bool bf16, float step, size_t r, std::byte* out) {
  const uint16_t bits = bf16 ? f32_to_bf16(step) : f32_to_f16(step);
  std::memcpy(out + 2 * r, &bits, 2);
}

/// Group g of a block becomes group `to` of a strip.
void place_group(TileShape shape, const UnpackedBlock& block, int g, int to, size_t r,
                 std::byte* strip) {
  place_step(shape.bf16_steps, block.d, r, strip + step_offset(shape, to));
  if (shape.has_min)
    place_step(shape.bf16_steps, block.dmin, r, strip + min_step_offset(shape, to));
  if (shape.scale_columns != 0) {
    place_scales(shape, block.scales + 2 * g, r, strip + scale_offset(shape, to));
    if (shape.has_min) place_scales(shape, block.mins + 2 * g, r, strip + min_offset(shape, to));
  }
  place_codes(shape.bits, block.codes + g * kGroup, r,
              strip + header_bytes(shape) + static_cast<size_t>(to) * group_bytes(shape));
}

/// Row r of a tile.
void pack_row(const BlockCodec& codec, TileShape shape, const std::byte* stored, int64_t n_blocks,
              size_t r, std::byte* tile) {
  const int per_block = codec.columns / kGroup, per_strip = strip_groups(shape);
  UnpackedBlock block;
  int64_t group = 0;
  for (int64_t b = 0; b < n_blocks; ++b, stored += codec.bytes) {
    codec.load(stored, block);
    for (int g = 0; g < per_block; ++g, ++group)
      place_group(shape, block, g, static_cast<int>(group % per_strip), r,
                  tile + static_cast<size_t>(group / per_strip) * strip_bytes(shape));
  }
}

}  // namespace

void pack_blocks(const BlockCodec& codec, TileShape shape, const WeightBlob& blob,
                 int64_t col_begin, int64_t col_end, std::byte* packed) {
  const int64_t n_blocks = blob.n_in / codec.columns;
  const size_t row_bytes = static_cast<size_t>(n_blocks * codec.bytes);
  for_each_tile(blob, row_bytes, block_tile_bytes(shape, blob.n_in), col_begin, col_end, packed,
                [&](const std::byte* stored, int64_t rows, std::byte* tile) {
                  for (int64_t r = 0; r < rows; ++r)
                    pack_row(codec, shape, stored + static_cast<size_t>(r) * row_bytes, n_blocks,
                             static_cast<size_t>(r), tile);
                });
}

}  // namespace caracal
