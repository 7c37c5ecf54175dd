#pragma once
/// Searches for the scales that lose least (smallest sum of squared errors). Every value counts
/// alike: importance-weighted encoders are compression passes, not part of a format.
#include <array>
#include <cstdint>
#include <span>

#include "weights/block_codec.h"

namespace caracal {

/// Sixteen ascending values and the nearest of them to any number.
class CodeBook {
 public:
  constexpr explicit CodeBook(const int8_t (&values)[16]) : values_(values) {
    for (int twice = -256, code = 0; twice < 256; ++twice) {
      while (code < 15 && twice >= values[code] + values[code + 1]) ++code;
      nearest_[static_cast<size_t>(twice + 256)] = static_cast<uint8_t>(code);
    }
  }
  const int8_t* values() const { return values_; }
  int8_t operator[](int code) const { return values_[code]; }
  /// A number half way between two values goes to the larger one.
  int nearest(float x) const;

 private:
  const int8_t* values_;
  std::array<uint8_t, 512> nearest_{};  ///< by floor(2x): borders are halves of integers
};

/// Blocks of 256 with a scale and a minimum per `columns` columns: scales and mins are rounded to
/// 0 ... max_scale times f16 steps d and dmin, then codes to 0 ... max_code.
void fit_scaled_mins(const float* x, int columns, int max_code, int max_scale, UnpackedBlock& out);

/// Blocks of 256 with a signed scale per 16 columns, -max_scale ... max_scale - 1 times d; codes
/// are stored with offset -lowest.
void fit_signed_scales(const float* x, int lowest, int max_scale, UnpackedBlock& out);

/// Blocks of 32 with an f16 scale, codes from a book.
void fit_book_block(const float* x, const CodeBook& book, UnpackedBlock& out);

/// Blocks of 256 with a signed scale per 32 columns, codes from a book.
void fit_book_scales(const float* x, const CodeBook& book, int max_scale, UnpackedBlock& out);

}  // namespace caracal
