#pragma once
/// How block formats lay small fields into bytes: kWidth bytes form a strip that holds the fields
/// of kWidth * 8 / kBits columns. The lowest kBits bits of byte i belong to column i, the next
/// ones to column kWidth + i, and so on.
#include <cstddef>
#include <cstdint>

namespace caracal {

template <int kBits, int kWidth>
struct BitStrips {
  static constexpr int kFields = 8 / kBits;
  static constexpr int kMask = (1 << kBits) - 1;

  /// codes[c] |= field of column c << shift, for n columns: whole strips.
  static void read(const std::byte* __restrict stored, int n, int shift,
                   uint8_t* __restrict codes) {
    for (int c = 0; c < n; c += kWidth * kFields, stored += kWidth)
      for (int f = 0; f < kFields; ++f)
        for (int i = 0; i < kWidth; ++i) {
          const int field = std::to_integer<int>(stored[i]) >> (f * kBits) & kMask;
          codes[c + f * kWidth + i] |= static_cast<uint8_t>(field << shift);
        }
  }

  /// The inverse: bits [shift, shift + kBits) of every code.
  static void write(const uint8_t* __restrict codes, int n, int shift,
                    std::byte* __restrict stored) {
    for (int c = 0; c < n; c += kWidth * kFields, stored += kWidth)
      for (int i = 0; i < kWidth; ++i) {
        int byte = 0;
        for (int f = 0; f < kFields; ++f)
          byte |= (codes[c + f * kWidth + i] >> shift & kMask) << (f * kBits);
        stored[i] = static_cast<std::byte>(byte);
      }
  }
};

}  // namespace caracal
