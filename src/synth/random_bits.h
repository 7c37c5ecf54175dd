#pragma once
#include <cstdint>
#include <cstring>
#include <span>

#include "base/rng.h"

namespace caracal {

/// Fast random bits for bulk data: SplitMix64 (Steele, Lea & Flood 2014), started by the engine's
/// own generator, so that chunk c of a stream is the same whoever makes it and when.
class RandomBits {
 public:
  RandomBits(uint64_t seed, uint64_t stream, uint64_t chunk) {
    Rng start(seed, stream);
    start.seek(2 * chunk);
    state_ = start.next_u64();
  }

  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  /// out.size() is a multiple of 8.
  void fill(std::span<uint8_t> out) {
    for (size_t i = 0; i < out.size(); i += 8) {
      const uint64_t bits = next();
      std::memcpy(out.data() + i, &bits, 8);
    }
  }

  /// Standard normal to within 0.003 in distribution: the sum of eight uniform numbers.
  float normal() {
    uint32_t sum = 0;
    for (int word = 0; word < 2; ++word)
      for (uint64_t bits = next(), i = 0; i < 4; ++i, bits >>= 16) sum += bits & 0xffff;
    constexpr float kMean = 8 * 32767.5f;
    constexpr float kInverseDeviation = 1 / 53509.9f;  // 65536 * sqrt(8 / 12)
    return (static_cast<float>(sum) - kMean) * kInverseDeviation;
  }

 private:
  uint64_t state_;
};

}  // namespace caracal
