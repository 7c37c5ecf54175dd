#pragma once
/// Sums and maxima over eight lanes in the reference's order, and the companions of quantised
/// activations. For *_avx2.cc and *_avx512.cc files only: everything is static, so that no copy
/// compiled for an instruction set can serve other code.
#include <immintrin.h>

#include "kernels/small_table.h"

namespace caracal::avx2 {

static constexpr int64_t kGroup = 32;  ///< columns per activation scale
static constexpr float kLargestFloat = 3.402823466e38f;

/// ((0+4)+(2+6)) + ((1+5)+(3+7))
static inline float add_lanes(__m256 v) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

static inline float max_lanes(__m256 v) {
  __m128 m = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  m = _mm_max_ps(m, _mm_movehl_ps(m, m));
  return _mm_cvtss_f32(_mm_max_ss(m, _mm_shuffle_ps(m, m, 1)));
}

/// The largest of eight magnitudes given by their bits.
static inline float max_magnitude(__m256i bits) {
  __m128i m = _mm_max_epi32(_mm256_castsi256_si128(bits), _mm256_extracti128_si256(bits, 1));
  m = _mm_max_epi32(m, _mm_shuffle_epi32(m, 0x4E));
  m = _mm_max_epi32(m, _mm_shuffle_epi32(m, 0xB1));
  return _mm_cvtss_f32(_mm_castsi128_ps(m));
}

/// Where the companions of one group go (spec/acts.h).
struct GroupSums {
  float* scale;
  int16_t* half_sums;
  int16_t* lane_sums;
  float* scaled_sum;
};

/// Sums of all kinds over 32 codes.
static inline void sum_codes(__m256i codes, const GroupSums& out) {
  // Lane k: columns 4k, 4k + 1 and 4k + 2, 4k + 3 as two 16-bit sums.
  const __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), codes);
  const __m128i first = _mm256_castsi256_si128(pairs), second = _mm256_extracti128_si256(pairs, 1);
  __m128i lanes = _mm_add_epi16(first, second);
  lanes = _mm_add_epi16(lanes, _mm_shuffle_epi32(lanes, 0x4E));
  lanes = _mm_add_epi16(lanes, _mm_shuffle_epi32(lanes, 0xB1));
  const int32_t lane_pair = _mm_cvtsi128_si32(lanes);
  __m128i halves = _mm_hadd_epi32(_mm_madd_epi16(first, _mm_set1_epi16(1)),
                                  _mm_madd_epi16(second, _mm_set1_epi16(1)));
  halves = _mm_add_epi32(halves, _mm_shuffle_epi32(halves, 0xB1));
  const int32_t sum0 = _mm_cvtsi128_si32(halves), sum1 = _mm_extract_epi32(halves, 2);
  out.half_sums[0] = static_cast<int16_t>(sum0);
  out.half_sums[1] = static_cast<int16_t>(sum1);
  out.lane_sums[0] = static_cast<int16_t>(lane_pair);
  out.lane_sums[1] = static_cast<int16_t>(lane_pair >> 16);
  *out.scaled_sum = *out.scale * static_cast<float>(sum0 + sum1);
}

/// Calls quantize_group(values, codes, sums) for the groups of columns [begin, end).
template <class QuantizeGroup>
static inline void quantize_groups(const float* x, int64_t n, int64_t begin, int64_t end,
                                   std::byte* record, QuantizeGroup quantize_group) {
  auto* codes = reinterpret_cast<int8_t*>(record);
  const auto at = [&](int64_t word, int64_t g) { return record + n + (n / kGroup * word + g) * 4; };
  for (int64_t g = begin / kGroup; g < end / kGroup; ++g)
    quantize_group(x + g * kGroup, codes + g * kGroup,
                   {reinterpret_cast<float*>(at(0, g)), reinterpret_cast<int16_t*>(at(1, g)),
                    reinterpret_cast<int16_t*>(at(2, g)), reinterpret_cast<float*>(at(3, g))});
}

}  // namespace caracal::avx2
