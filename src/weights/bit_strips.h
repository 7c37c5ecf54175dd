#pragma once
/// How block formats lay small fields into bytes: kWidth bytes form a strip that holds the fields
/// of kWidth * 8 / kBits columns. The lowest kBits bits of byte i belong to column i, the next
/// ones to column kWidth + i, and so on.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace caracal {

template <int kBits, int kWidth>
struct BitStrips {
  static constexpr int kFields = 8 / kBits;

  /// codes[c] |= field of column c << shift, for n columns: whole strips.
  static void read(const std::byte* __restrict stored, int n, int shift,
                   uint8_t* __restrict codes) {
    for (int c = 0; c < n; c += kWidth * kFields, stored += kWidth)
      for (int f = 0; f < kFields; ++f)
        for (int i = 0; i < kWidth; i += kWord) {
          uint8_t* at = codes + c + f * kWidth + i;
          store_word(at, load_word(at) | (load_word(stored + i) >> (f * kBits) & kFieldBits)
                                             << shift);
        }
  }

  /// The inverse: bits [shift, shift + kBits) of every code.
  static void write(const uint8_t* __restrict codes, int n, int shift,
                    std::byte* __restrict stored) {
    for (int c = 0; c < n; c += kWidth * kFields, stored += kWidth)
      for (int i = 0; i < kWidth; i += kWord) {
        uint32_t word = 0;
        for (int f = 0; f < kFields; ++f)
          word |= (load_word(codes + c + f * kWidth + i) >> shift & kFieldBits) << (f * kBits);
        store_word(stored + i, word);
      }
  }

 private:
  // Four bytes at a time where strips allow; what a shift moves from one into the next is masked.
  using Word = std::conditional_t<kWidth % 4 == 0, uint32_t, uint8_t>;
  static constexpr int kWord = sizeof(Word);
  static constexpr auto kFieldBits = static_cast<Word>(0x01010101u * ((1u << kBits) - 1));

  static uint32_t load_word(const void* from) {
    Word word;
    std::memcpy(&word, from, kWord);
    return word;
  }
  static void store_word(void* to, uint32_t value) {
    const auto word = static_cast<Word>(value);
    std::memcpy(to, &word, kWord);
  }
};

}  // namespace caracal
