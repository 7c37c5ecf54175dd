/// Formats whose codes stand for values of a table, and those of three values.
#include <algorithm>
#include <array>
#include <vector>

#include "synth/block_scale.h"
#include "synth/code_table.h"
#include "synth/random_blocks.h"
#include "weights/iq4/iq4.h"
#include "weights/mxfp4/mxfp4.h"

namespace caracal {
namespace {

CodeTable table_of(std::span<const int8_t> values) {
  return CodeTable::of(std::vector<double>(values.begin(), values.end()));
}

/// n bytes with two codes each.
void put_code_pairs(RandomBits& random, const CodeTable& table, uint8_t* at, size_t n) {
  for (size_t i = 0; i < n; i += 4) {
    uint64_t bits = random.next();
    for (size_t j = i; j < i + 4; ++j, bits >>= 16)
      at[j] = static_cast<uint8_t>(table[bits & 0xff] | (table[(bits >> 8) & 0xff] << 4));
  }
}

// f16 d, 16 bytes of nibbles.
void fill_iq4_nl(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = table_of(kIq4Values);
  for_each_block<18>(out, random, [&](uint8_t* block, RandomBits& r) {
    put_f16(block, random_scale(r, sigma / table.deviation));
    put_code_pairs(r, table, block + 2, 16);
  });
}

// f16 d, u16 of upper bit pairs and 4 bytes of nibbles of eight 6-bit scales, 128 bytes of nibbles.
// The upper bits of all scales are set: 48 to 63, less 32.
void fill_iq4_xs(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = table_of(kIq4Values);
  const double unit = sigma / (table.deviation * rms_of_range(16, 31));
  for_each_block<136>(out, random, [&](uint8_t* block, RandomBits& r) {
    put_f16(block, random_scale(r, unit));
    std::memset(block + 2, 0xff, 2);
    const uint64_t scales = r.next();
    std::memcpy(block + 4, &scales, 4);
    put_code_pairs(r, table, block + 8, 128);
  });
}

// u8 exponent e of 2^(e - 128), 16 bytes of nibbles. A power of two cannot be any scale: two
// neighbouring ones are mixed so that the mean square is right.
void fill_mxfp4(std::span<std::byte> out, RandomBits& random, double sigma) {
  static const CodeTable table = table_of(kMxfp4Values);
  const double wanted = sigma / table.deviation;
  const int below = std::clamp(static_cast<int>(std::floor(std::log2(wanted))), -127, 125);
  const double ratio = wanted / std::ldexp(1.0, below);  // 1 to 2
  const double share_above = (ratio * ratio - 1) / 3;
  const auto limit = static_cast<uint64_t>(share_above * 0x1p32);
  for_each_block<17>(out, random, [&](uint8_t* block, RandomBits& r) {
    const bool above = (r.next() >> 32) < limit;
    block[0] = static_cast<uint8_t>(below + 128 + (above ? 1 : 0));
    put_code_pairs(r, table, block + 1, 16);
  });
}

constexpr double kTernaryDeviation = 0.816496580927726;  // of -1, 0, 1 in equal parts: sqrt(2 / 3)

/// Digits of base 3 as the formats store them: the number n below `count` as the byte whose
/// products with 3, 9, ... carry the digits out at the top; 4 digits are followed by a zero.
template <int kCount, int kFactor>
constexpr std::array<uint8_t, kCount> ternary_bytes() {
  std::array<uint8_t, kCount> bytes{};
  for (int n = 0; n < kCount; ++n) bytes[n] = static_cast<uint8_t>((n * kFactor * 256 + 242) / 243);
  return bytes;
}

// 48 bytes of five digits, 4 bytes of four, f16 d.
void fill_tq1_0(std::span<std::byte> out, RandomBits& random, double sigma) {
  static constexpr auto kFive = ternary_bytes<243, 1>();
  static constexpr auto kFour = ternary_bytes<81, 3>();
  for_each_block<54>(out, random, [&](uint8_t* block, RandomBits& r) {
    for (size_t j = 0; j < 52; j += 4) {
      uint64_t bits = r.next();
      for (size_t k = j; k < j + 4; ++k, bits >>= 16)
        block[k] =
            k < 48 ? kFive[((bits & 0xffff) * 243) >> 16] : kFour[((bits & 0xffff) * 81) >> 16];
    }
    put_f16(block + 52, random_scale(r, sigma / kTernaryDeviation));
  });
}

// 64 bytes of four 2-bit codes of 0 to 2, f16 d.
void fill_tq2_0(std::span<std::byte> out, RandomBits& random, double sigma) {
  for_each_block<66>(out, random, [&](uint8_t* block, RandomBits& r) {
    for (size_t j = 0; j < 64; j += 4) {
      uint64_t bits = r.next();
      for (size_t k = j; k < j + 4; ++k, bits >>= 16) {
        uint32_t n = ((bits & 0xffff) * 81) >> 16;
        block[k] = 0;
        for (int shift = 0; shift < 8; shift += 2, n /= 3)
          block[k] |= static_cast<uint8_t>((n % 3) << shift);
      }
    }
    put_f16(block + 64, random_scale(r, sigma / kTernaryDeviation));
  });
}

}  // namespace

FillBlocks find_codebook_fill(TensorType type) {
  switch (type) {
    case TensorType::iq4_nl:
      return fill_iq4_nl;
    case TensorType::iq4_xs:
      return fill_iq4_xs;
    case TensorType::mxfp4:
      return fill_mxfp4;
    case TensorType::tq1_0:
      return fill_tq1_0;
    case TensorType::tq2_0:
      return fill_tq2_0;
    default:
      return nullptr;
  }
}

FillBlocks find_fill(TensorType type) {
  for (const auto find :
       {find_float_fill, find_block32_fill, find_k_quant_fill, find_codebook_fill})
    if (const FillBlocks fill = find(type)) return fill;
  return nullptr;
}

}  // namespace caracal
