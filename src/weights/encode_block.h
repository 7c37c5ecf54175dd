#pragma once
/// What the block encoders share.
#include <cstdint>
#include <cstring>

#include "base/float16.h"

namespace caracal {

/// 1 / scale, or 0 for the scale of a constant block.
inline float inverse_or_zero(float scale) { return scale != 0 ? 1.0f / scale : 0.0f; }

/// floor(x) kept within [0, high]; NaN gives 0.
inline int clamp_code(double x, int high) {
  if (!(x > 0)) return 0;
  return x < high ? static_cast<int>(x) : high;
}

inline void store_f16(float x, std::byte* out) {
  const uint16_t bits = f32_to_f16(x);
  std::memcpy(out, &bits, 2);
}

inline float load_f16(const std::byte* stored) {
  uint16_t bits;
  std::memcpy(&bits, stored, 2);
  return f16_to_f32(bits);
}

}  // namespace caracal
