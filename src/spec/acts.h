#pragma once
/// How rows of activations are encoded for linear kernels. Plain data: instruction-set files
/// include it.
#include <cstddef>
#include <cstdint>

namespace caracal {

enum class ActEncoding : uint8_t {
  f32,    ///< n_in floats
  q8_32,  ///< int8 codes in groups of 32 columns, see q8 layout below
};

inline constexpr int64_t kActGroup = 32;  ///< columns that share one int8 scale

/// One q8_32 row, n_in a multiple of 32, G = n_in / 32 groups:
///   int8 codes[n_in]
///   float scales[G]
///   int16 half_sums[G][2]: sums of the codes of columns 0..15 and 16..31 of a group
///   int16 lane_sums[G][2]: of the columns whose number modulo 4 is 0 or 1, and 2 or 3
///   float scaled_sums[G]: scale times the sum of all codes of a group
/// value = scale * code with scale = max|x| / 127 and code = round-to-nearest-even(x * (127 /
/// max|x|)). Groups that are tiny or not finite: kernels/small_table.h. The record is padded to 64
/// bytes so that rows stay aligned.
constexpr size_t act_row_bytes(ActEncoding encoding, int64_t n_in) {
  const size_t raw = encoding == ActEncoding::f32
                         ? static_cast<size_t>(n_in) * 4
                         : static_cast<size_t>(n_in + n_in / kActGroup * 16);
  return (raw + 63) / 64 * 64;
}
inline const float* q8_scales(const std::byte* row, int64_t n_in) {
  return reinterpret_cast<const float*>(row + n_in);
}
inline const int16_t* q8_half_sums(const std::byte* row, int64_t n_in) {
  return reinterpret_cast<const int16_t*>(row + n_in + n_in / kActGroup * 4);
}
inline const int16_t* q8_lane_sums(const std::byte* row, int64_t n_in) {
  return reinterpret_cast<const int16_t*>(row + n_in + n_in / kActGroup * 8);
}
inline const float* q8_scaled_sums(const std::byte* row, int64_t n_in) {
  return reinterpret_cast<const float*>(row + n_in + n_in / kActGroup * 12);
}

}  // namespace caracal
