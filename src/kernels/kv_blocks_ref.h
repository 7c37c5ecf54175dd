#pragma once
/// Rows of GGUF's Q8_0 and Q4_0 blocks, in scalar code: 32 values share an f16 scale. Code times
/// scale has at most 19 bits, so a decoded value is exact in float. load() reads rows and tiles of
/// keys (attend_ref.cc).
#include <bit>
#include <cmath>
#include <cstring>

#include "base/float16.h"
#include "kernels/small_table.h"

namespace caracal {

inline constexpr int64_t kKvBlockValues = 32;

/// 1 / d of a block, or 0 where every code is 0: all values tiny (the scale is then 0), or one not
/// finite (the scale is then NaN, so that every product with the row is).
struct BlockScale {
  uint16_t d;
  float inverse;
};

/// largest: the value of largest magnitude, or a NaN among the values; code: what it becomes.
inline BlockScale block_scale(float largest, float code) {
  if (!std::isfinite(largest)) return {0x7e00, 0};
  if (std::fabs(largest) < kSmallestMagnitude) return {0, 0};
  return {f32_to_f16(largest / code), code / largest};
}

/// Of 32 values the one of largest magnitude (of several the first), or one that is not a number.
inline float largest_of_block(const float* x) {
  float largest = x[0];
  for (int64_t i = 1; i < kKvBlockValues; ++i) {
    const auto magnitude = [](float v) { return std::bit_cast<uint32_t>(v) & 0x7fffffffu; };
    if (magnitude(x[i]) > magnitude(largest)) largest = x[i];  // NaN lies on top
  }
  return largest;
}

inline float load_scale(const std::byte* block) {
  uint16_t bits;
  std::memcpy(&bits, block, 2);
  return f16_to_f32(bits);
}

struct RowQ8_0 {
  static constexpr int64_t kBytes = 34;

  static float load(const std::byte* tile, int64_t d, int64_t lanes = 1, int64_t lane = 0) {
    const std::byte* block = tile + d / kKvBlockValues * kBytes * lanes;
    const auto code = static_cast<int8_t>(block[(2 + d % kKvBlockValues) * lanes + lane]);
    return load_scale(block + 2 * lane) * static_cast<float>(code);
  }

  static void encode(const float* x, int64_t n, std::byte* row) {
    for (int64_t b = 0; b < n; b += kKvBlockValues, row += kBytes) {
      const BlockScale scale = block_scale(std::fabs(largest_of_block(x + b)), 127.0f);
      std::memcpy(row, &scale.d, 2);
      for (int64_t i = 0; i < kKvBlockValues; ++i) {
        const float code = scale.inverse == 0 ? 0 : std::nearbyintf(x[b + i] * scale.inverse);
        row[2 + i] = static_cast<std::byte>(static_cast<int8_t>(code));
      }
    }
  }
};

/// Byte i holds value i in its low half and value i + 16 in its high half, as code + 8. The scale
/// puts the value of largest magnitude on -8.
struct RowQ4_0 {
  static constexpr int64_t kBytes = 18;

  static float load(const std::byte* tile, int64_t d, int64_t lanes = 1, int64_t lane = 0) {
    const std::byte* block = tile + d / kKvBlockValues * kBytes * lanes;
    const int byte = std::to_integer<int>(block[(2 + d % 16) * lanes + lane]);
    const int code = (d % kKvBlockValues < 16 ? byte & 15 : byte >> 4) - 8;
    return load_scale(block + 2 * lane) * static_cast<float>(code);
  }

  static void encode(const float* x, int64_t n, std::byte* row) {
    for (int64_t b = 0; b < n; b += kKvBlockValues, row += kBytes) {
      const BlockScale scale = block_scale(largest_of_block(x + b), -8.0f);
      std::memcpy(row, &scale.d, 2);
      const auto code = [&](float v) -> int {
        if (scale.inverse == 0) return 8;
        return static_cast<int>(std::fmin(std::nearbyintf(v * scale.inverse) + 8.0f, 15.0f));
      };
      for (int64_t i = 0; i < 16; ++i)
        row[2 + i] = static_cast<std::byte>(code(x[b + i]) | code(x[b + i + 16]) << 4);
    }
  }
};

}  // namespace caracal
