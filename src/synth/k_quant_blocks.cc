/// Super-blocks of 256: a scale for all, integer scales for parts of 16 or 32. Where a format has
/// minima, each part's equals its scale times the middle code, which keeps weights around 0.
#include <array>

#include "synth/block_scale.h"
#include "synth/code_table.h"
#include "synth/random_blocks.h"

namespace caracal {
namespace {

/// The codes of a super-block; which element a code belongs to does not matter, as long as the bits
/// of one code stay together.
using Codes = std::array<uint8_t, 256>;

/// Two bits of each code from bit `shift` on: byte 32 h + j holds elements 128 h + 32 k + j,
/// k = 0 to 3 from the lowest bits up.
void put_bit_pairs(const Codes& codes, int shift, uint8_t* at) {
  for (size_t half = 0; half < 2; ++half)
    for (size_t j = 0; j < 32; ++j) {
      uint8_t byte = 0;
      for (size_t k = 0; k < 4; ++k)
        byte |= static_cast<uint8_t>(((codes[128 * half + 32 * k + j] >> shift) & 3) << (2 * k));
      at[32 * half + j] = byte;
    }
}

/// Low four bits: byte 32 g + j holds elements 64 g + j and 64 g + 32 + j.
void put_nibbles_of_64(const Codes& codes, uint8_t* at) {
  for (size_t group = 0; group < 4; ++group)
    for (size_t j = 0; j < 32; ++j)
      at[32 * group + j] = static_cast<uint8_t>((codes[64 * group + j] & 15) |
                                                ((codes[64 * group + 32 + j] & 15) << 4));
}

/// Bit `shift` of each code: bit g of byte j belongs to element 32 g + j.
void put_high_bits(const Codes& codes, int shift, uint8_t* at) {
  for (size_t j = 0; j < 32; ++j) {
    uint8_t byte = 0;
    for (size_t group = 0; group < 8; ++group)
      byte |= static_cast<uint8_t>(((codes[32 * group + j] >> shift) & 1) << group);
    at[j] = byte;
  }
}

// 16 bytes of scale (low) and minimum (high), 64 bytes of 2-bit codes, f16 d, f16 dmin.
void fill_q2_k(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = CodeTable::linear(4, 1.5);
  const double unit = sigma / (table.deviation * rms_of_range(8, 15));
  for_each_block<84>(out, random, [&](uint8_t* block, RandomBits& r) {
    r.fill({block, 16});
    for (size_t j = 0; j < 16; ++j) block[j] = static_cast<uint8_t>(0x88 + 0x11 * (block[j] & 7));
    put_bit_pairs(draw_codes<256>(r, table), 0, block + 16);
    const float d = random_scale(r, unit);
    put_f16(block + 80, d);
    put_f16(block + 82, 1.5f * d);
  });
}

// 32 bytes of third bits, 64 bytes of 2-bit codes, 12 bytes of 6-bit scales, f16 d. The bits above
// the low four of all scales are set: 48 to 63, less 32.
void fill_q3_k(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = CodeTable::linear(8, 4);
  const double unit = sigma / (table.deviation * rms_of_range(16, 31));
  for_each_block<110>(out, random, [&](uint8_t* block, RandomBits& r) {
    const Codes codes = draw_codes<256>(r, table);
    put_high_bits(codes, 2, block);
    put_bit_pairs(codes, 0, block + 32);
    r.fill({block + 96, 8});
    std::memset(block + 104, 0xff, 4);
    put_f16(block + 108, random_scale(r, unit));
  });
}

/// Eight 6-bit scales of 32 to 63, each with a minimum of the same number.
void put_scales_and_minima(RandomBits& random, uint8_t* at) {
  uint8_t scale[8];
  random.fill(scale);
  for (uint8_t& s : scale) s = static_cast<uint8_t>(32 + (s & 31));
  for (size_t j = 0; j < 4; ++j) {
    const auto high_bits = static_cast<uint8_t>((scale[j + 4] >> 4) << 6);
    at[j] = at[j + 4] = scale[j] | high_bits;
    at[j + 8] = static_cast<uint8_t>((scale[j + 4] & 15) * 0x11);
  }
}

// f16 d, f16 dmin, 12 bytes of scales and minima, 128 bytes of nibbles.
void fill_q4_k(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = CodeTable::linear(16, 7.5);
  const double unit = sigma / (table.deviation * rms_of_range(32, 63));
  for_each_block<144>(out, random, [&](uint8_t* block, RandomBits& r) {
    const float d = random_scale(r, unit);
    put_f16(block, d);
    put_f16(block + 2, 7.5f * d);
    put_scales_and_minima(r, block + 4);
    put_nibbles_of_64(draw_codes<256>(r, table), block + 16);
  });
}

// As Q4_K, with 32 bytes of fifth bits before the nibbles.
void fill_q5_k(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = CodeTable::linear(32, 15.5);
  const double unit = sigma / (table.deviation * rms_of_range(32, 63));
  for_each_block<176>(out, random, [&](uint8_t* block, RandomBits& r) {
    const float d = random_scale(r, unit);
    put_f16(block, d);
    put_f16(block + 2, 15.5f * d);
    put_scales_and_minima(r, block + 4);
    const Codes codes = draw_codes<256>(r, table);
    put_high_bits(codes, 4, block + 16);
    put_nibbles_of_64(codes, block + 48);
  });
}

// 128 bytes of nibbles, 64 bytes of upper bit pairs, 16 signed scales, f16 d. In each half of 128
// elements, byte j of 64 holds the nibbles of elements j and j + 64.
void fill_q6_k(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = CodeTable::linear(64, 32);
  const double unit = sigma / (table.deviation * rms_of_range(32, 63));
  for_each_block<210>(out, random, [&](uint8_t* block, RandomBits& r) {
    const Codes codes = draw_codes<256>(r, table);
    for (size_t half = 0; half < 2; ++half)
      for (size_t j = 0; j < 64; ++j)
        block[64 * half + j] = static_cast<uint8_t>((codes[128 * half + j] & 15) |
                                                    ((codes[128 * half + 64 + j] & 15) << 4));
    put_bit_pairs(codes, 4, block + 128);
    r.fill({block + 192, 16});
    for (size_t j = 192; j < 208; ++j) block[j] = static_cast<uint8_t>(32 + (block[j] & 31));
    put_f16(block + 208, random_scale(r, unit));
  });
}

}  // namespace

FillBlocks find_k_quant_fill(TensorType type) {
  switch (type) {
    case TensorType::q2_k:
      return fill_q2_k;
    case TensorType::q3_k:
      return fill_q3_k;
    case TensorType::q4_k:
      return fill_q4_k;
    case TensorType::q5_k:
      return fill_q5_k;
    case TensorType::q6_k:
      return fill_q6_k;
    default:
      return nullptr;
  }
}

}  // namespace caracal
