#pragma once
/// The 20 bytes of codes that Q5_0 and Q5_1 share.
#include "weights/bit_strips.h"
#include "weights/block_codec.h"

namespace caracal {

inline constexpr size_t kQ5HighBytes = 4;

inline void load_q5_codes(const std::byte* stored, UnpackedBlock& out) {
  for (int c = 0; c < 32; ++c)
    out.codes[c] = static_cast<uint8_t>((std::to_integer<int>(stored[c / 8]) >> (c % 8) & 1) << 4);
  BitStrips<4, 16>::read(stored + kQ5HighBytes, 32, 0, out.codes);
}

inline void store_q5_codes(const UnpackedBlock& block, std::byte* stored) {
  for (int i = 0; i < 4; ++i) {
    int byte = 0;
    for (int bit = 0; bit < 8; ++bit) byte |= (block.codes[8 * i + bit] >> 4) << bit;
    stored[i] = static_cast<std::byte>(byte);
  }
  BitStrips<4, 16>::write(block.codes, 32, 0, stored + kQ5HighBytes);
}

}  // namespace caracal
