#pragma once
/// The 12 bytes in which Q4_K and Q5_K keep eight scales and eight minima of 6 bits.
///   bytes 0..3: low 6 bits scale 0..3;  bytes 4..7: low 6 bits minimum 0..3
///   bytes 8..11: low 4 bits of scale 4..7 (low nibble) and of minimum 4..7 (high nibble), whose
///   upper 2 bits are the upper 2 bits of bytes 0..3 and 4..7
#include <cstddef>

#include "weights/block_codec.h"

namespace caracal {

inline constexpr size_t kScales6BitBytes = 12;

inline void load_scales_6bit(const std::byte* p, UnpackedBlock& out) {
  const auto byte = [&](int i) { return std::to_integer<int>(p[i]); };
  for (int i = 0; i < 4; ++i) {
    const int scales[] = {byte(i) & 63, (byte(i + 8) & 15) | byte(i) >> 6 << 4};
    const int mins[] = {byte(i + 4) & 63, byte(i + 8) >> 4 | byte(i + 4) >> 6 << 4};
    for (int half = 0; half < 2; ++half)
      for (int s = 2 * (i + 4 * half), end = s + 2; s < end; ++s) {
        out.scales[s] = static_cast<int8_t>(scales[half]);
        out.mins[s] = static_cast<int8_t>(mins[half]);
      }
  }
}

inline void store_scales_6bit(const UnpackedBlock& block, std::byte* p) {
  for (int i = 0; i < 4; ++i) {
    const int scale = block.scales[2 * i], later_scale = block.scales[2 * (i + 4)];
    const int min = block.mins[2 * i], later_min = block.mins[2 * (i + 4)];
    p[i] = static_cast<std::byte>(scale | later_scale >> 4 << 6);
    p[i + 4] = static_cast<std::byte>(min | later_min >> 4 << 6);
    p[i + 8] = static_cast<std::byte>((later_scale & 15) | (later_min & 15) << 4);
  }
}

}  // namespace caracal
