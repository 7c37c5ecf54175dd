#include "weights/pack_blocks.h"

#include <cstring>

#include "base/float16.h"
#include "weights/pack_tiles.h"

namespace caracal {
namespace {

constexpr int kGroup = static_cast<int>(kGroupColumns);
constexpr int kWord = 4;  ///< bytes of a line that belong to one row

uint32_t load_word(const uint8_t* codes) {
  uint32_t word;
  std::memcpy(&word, codes, kWord);
  return word;
}

void place_word(uint32_t word, int line, size_t r, std::byte* lines) {
  std::memcpy(lines + static_cast<size_t>(line) * kLineBytes + r * kWord, &word, kWord);
}

/// Bits [shift, shift + kBits) of row r's 32 codes as one plane, four columns at a time. Field f of
/// line i holds the columns from kStep * i + kStride * f on (tile16.h). Returns where its lines
/// end.
template <int kBits, int kStep, int kStride>
std::byte* place_plane(const uint8_t* codes, int shift, size_t r, std::byte* lines) {
  constexpr uint32_t kMask = 0x01010101u * ((1 << kBits) - 1);
  constexpr int kLines = kBits;
  for (int i = 0; i < kLines; ++i) {
    uint32_t word = 0;
    for (int f = 0; f < 8 / kBits; ++f)
      word |= (load_word(codes + kStep * i + kStride * f) >> shift & kMask) << (f * kBits);
    place_word(word, i, r, lines);
  }
  return lines + kLines * kLineBytes;
}

void place_codes(int bits, const uint8_t* codes, size_t r, std::byte* lines) {
  if (bits == 8) {
    for (int i = 0; i < 8; ++i) place_word(load_word(codes + kWord * i), i, r, lines);
    return;
  }
  const int low = bits >= 4 ? 4 : 2;
  lines = low == 4 ? place_plane<4, 4, 16>(codes, 0, r, lines)
                   : place_plane<2, 16, 4>(codes, 0, r, lines);
  if (bits - low == 2) place_plane<2, 16, 4>(codes, low, r, lines);
  if (bits - low == 1) place_plane<1, 0, 4>(codes, low, r, lines);
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

/// Row r of a tile, for formats that are stored as lines.
void copy_row(const BlockCodec& codec, TileShape shape, const std::byte* stored, int64_t n_blocks,
              size_t r, std::byte* tile) {
  constexpr uint16_t kSign = 0x8000;  // dmin is subtracted
  const auto load_half = [](const std::byte* p) {
    uint16_t half;
    std::memcpy(&half, p, sizeof half);
    return half;
  };
  const auto place_half = [r](uint16_t half, std::byte* to) {
    std::memcpy(to + 2 * r, &half, sizeof half);
  };
  for (int64_t b = 0; b < n_blocks; ++b, stored += codec.bytes) {
    std::byte* strip = tile + static_cast<size_t>(b / 2) * strip_bytes(shape);
    const int g = static_cast<int>(b % 2);
    const auto* codes = reinterpret_cast<const uint8_t*>(stored) + (shape.has_min ? 4 : 2);
    place_half(load_half(stored), strip + step_offset(shape, g));
    if (shape.has_min) place_half(load_half(stored + 2) ^ kSign, strip + min_step_offset(shape, g));
    std::byte* lines = strip + header_bytes(shape) + static_cast<size_t>(g) * group_bytes(shape);
    for (int i = 0; i < shape.bits; ++i)
      place_word(load_word(codes + kWord * i) ^ codec.line_flip, i, r, lines);
  }
}

/// Row r of a tile.
void pack_row(const BlockCodec& codec, TileShape shape, const std::byte* stored, int64_t n_blocks,
              size_t r, std::byte* tile) {
  if (codec.stored_as_lines) return copy_row(codec, shape, stored, n_blocks, r, tile);
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
