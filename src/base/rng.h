#pragma once
/// Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): a counter
/// based generator. The same (seed, stream, counter) always gives the same draw, so what a sequence
/// samples does not depend on what else is in the batch.
#include <array>
#include <cstdint>

namespace caracal {

class Rng {
 public:
  /// seed: the request's seed. stream: which sequence of draws (0 sampler, 1 acceptance, ...).
  explicit Rng(uint64_t seed, uint64_t stream = 0) : seed_(seed), stream_(stream) {}

  /// Jumps to draw number n; draws made before do not matter.
  void seek(uint64_t n) { position_ = n; }
  uint64_t position() const { return position_; }

  uint32_t next_u32() {
    const std::array<uint32_t, 4> block = block_at(position_ / 4);
    return block[position_++ % 4];
  }
  uint64_t next_u64() {
    const uint64_t low = next_u32();
    return low | (uint64_t{next_u32()} << 32);
  }
  /// Uniform in [0, 1) with 53 random bits.
  double uniform() { return static_cast<double>(next_u64() >> 11) * 0x1p-53; }

 private:
  std::array<uint32_t, 4> block_at(uint64_t index) const {
    std::array<uint32_t, 4> c = {static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32),
                                 static_cast<uint32_t>(stream_),
                                 static_cast<uint32_t>(stream_ >> 32)};
    uint32_t k0 = static_cast<uint32_t>(seed_);
    uint32_t k1 = static_cast<uint32_t>(seed_ >> 32);
    for (int round = 0; round < 10; ++round) {
      const uint64_t p0 = uint64_t{0xD2511F53u} * c[0];
      const uint64_t p1 = uint64_t{0xCD9E8D57u} * c[2];
      c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<uint32_t>(p1),
           static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<uint32_t>(p0)};
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    return c;
  }

  uint64_t seed_;
  uint64_t stream_;
  uint64_t position_ = 0;
};

}  // namespace caracal
