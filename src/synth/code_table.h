#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "synth/random_bits.h"

namespace caracal {

/// Turns a random byte into a code whose value is normally distributed, cut at the ends of the
/// code's range: what quantising normal weights gives.
struct CodeTable {
  std::array<uint8_t, 256> codes{};
  double deviation = 0;  ///< root mean square of the codes' values

  /// values: of code 0, 1, ... in any order; the range is as wide as 2.6 standard deviations on
  /// its shorter side.
  static CodeTable of(std::span<const double> values);
  /// Codes 0 to n - 1 of value code - offset.
  static CodeTable linear(int n_codes, double offset);

  uint8_t operator[](uint8_t random) const { return codes[random]; }
};

/// Random codes of n elements.
template <size_t n>
std::array<uint8_t, n> draw_codes(RandomBits& random, const CodeTable& table) {
  std::array<uint8_t, n> codes;
  random.fill(codes);
  for (uint8_t& code : codes) code = table[code];
  return codes;
}

}  // namespace caracal
