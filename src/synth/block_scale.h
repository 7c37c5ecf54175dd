#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

#include "base/float16.h"
#include "synth/random_bits.h"

namespace caracal {

/// A block's scale around unit, a quarter up or down, so that blocks differ as real ones do; its
/// mean square is unit squared.
inline float random_scale(RandomBits& random, double unit) {
  constexpr double kMeanSquare = 1 + 0.25 * 0.25 / 3;
  const double uniform = static_cast<double>(random.next() >> 11) * 0x1p-53;
  return static_cast<float>(unit / std::sqrt(kMeanSquare) * (0.75 + 0.5 * uniform));
}

inline void put_f16(uint8_t* at, float value) {
  const uint16_t bits = f32_to_f16(value);
  std::memcpy(at, &bits, sizeof(bits));
}

/// Root mean square of the integers low to high.
constexpr double rms_of_range(int low, int high) {
  double sum = 0;
  for (int i = low; i <= high; ++i) sum += i * i;
  return std::sqrt(sum / (high - low + 1));
}

/// Calls one(block, random) for each block of kBytes in out.
template <size_t kBytes, class One>
void for_each_block(std::span<std::byte> out, RandomBits& random, One one) {
  for (size_t at = 0; at < out.size(); at += kBytes)
    one(reinterpret_cast<uint8_t*>(out.data() + at), random);
}

}  // namespace caracal
