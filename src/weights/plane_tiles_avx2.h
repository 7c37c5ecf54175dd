#pragma once
/// Products of plane tiles (plane_tile.h) with q8_32 activations. For *_avx2.cc files only.
#include "weights/block_tiles_avx2.h"
#include "weights/plane_tile.h"

namespace caracal::avx2 {
namespace {

/// Fields of kBits bits at position kShift of every byte, moved to position kTo.
template <int kBits, int kShift, int kTo>
inline __m256i take_field(__m256i line) {
  const __m256i mask = _mm256_set1_epi8(((1 << kBits) - 1) << kTo);
  if constexpr (kShift > kTo)
    line = _mm256_srli_epi16(line, kShift - kTo);
  else if constexpr (kShift < kTo)
    line = _mm256_slli_epi16(line, kTo - kShift);
  return _mm256_and_si256(line, mask);
}

/// Codes of columns 4 * kQuad ... 4 * kQuad + 3 of eight rows.
template <int kBits, int kQuad>
inline __m256i load_codes(const std::byte* planes) {
  constexpr int kLow = kBits >= 4 ? 4 : 2;
  __m256i codes;
  if constexpr (kLow == 4)
    codes = take_field<4, kQuad / 4 * 4, 0>(load_line(planes + kPlaneLine * (kQuad % 4)));
  else
    codes = take_field<2, kQuad % 4 * 2, 0>(load_line(planes + kPlaneLine * (kQuad / 4)));
  const std::byte* high = planes + kPlaneLine * kLow;
  if constexpr (kBits - kLow == 2)
    codes = _mm256_or_si256(
        codes, take_field<2, kQuad % 4 * 2, kLow>(load_line(high + kPlaneLine * (kQuad / 4))));
  if constexpr (kBits - kLow == 1)
    codes = _mm256_or_si256(codes, take_field<1, kQuad, kLow>(load_line(high)));
  return codes;
}

/// A group's integers for eight rows, in 16 bits: lane r of pair holds those of columns 0..15 and
/// 16..31 of row r, lane r of half[h] holds that of half h twice.
struct GroupScales {
  __m256i pair;
  __m256i half[2];
};

inline __m256i repeat_low(__m256i pair) {
  return _mm256_blend_epi16(pair, _mm256_slli_epi32(pair, 16), 0xaa);
}
inline __m256i repeat_high(__m256i pair) {
  return _mm256_blend_epi16(_mm256_srli_epi32(pair, 16), pair, 0xaa);
}

template <int kScaleColumns>
inline __m256i load_scale_pairs(const std::byte* p) {
  if constexpr (kScaleColumns == 16)
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  else if constexpr (kScaleColumns == 32)
    return repeat_low(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
  else
    return _mm256_set1_epi16(1);
}

template <int kScaleColumns>
inline GroupScales load_scales(const std::byte* p) {
  const __m256i pair = load_scale_pairs<kScaleColumns>(p);
  if constexpr (kScaleColumns == 16) return {pair, {repeat_low(pair), repeat_high(pair)}};
  return {pair, {pair, pair}};
}

/// Sums of the activation codes of columns 0..15 and 16..31 as 16-bit pairs in every lane. Where
/// scales do not tell the halves apart the whole sum stands in for the first.
template <int kScaleColumns>
inline __m256i load_sum_pairs(const std::byte* acts, int32_t sum) {
  if constexpr (kScaleColumns != 16) return _mm256_set1_epi32(sum & 0xffff);
  const __m128i codes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(acts));
  const __m128i shifted = _mm_xor_si128(codes, _mm_set1_epi8(-128));  // code + 128
  const __m128i parts = _mm_sad_epu8(shifted, _mm_setzero_si128());
  const int first = _mm_cvtsi128_si32(parts) + _mm_extract_epi16(parts, 4) - 16 * 128;
  return _mm256_set1_epi32((first & 0xffff) |
                           static_cast<int>(static_cast<uint32_t>(sum - first) << 16));
}

/// Block:
///   kPlanes, a PlaneShape; kLargest, the largest magnitude of a value
///   kOffset: the value of an unsigned code is code - kOffset, or
///   kIsSigned: values(codes) looks signed values up, and kOffset is 0
template <class Block>
struct PlaneKernel {
  static constexpr PlaneShape kShape = Block::kPlanes;
  static constexpr int kScale = kShape.scale_columns;
  static constexpr int kTilesPerStep = 1;
  static constexpr int kGroups = kShape.columns / 32;
  /// Products of how many lines of four columns meet in 16 bits: two of each line.
  static constexpr int kLinesPerSum = 2 * 127 * Block::kLargest * 4 <= 32767   ? 4
                                      : 2 * 127 * Block::kLargest * 2 <= 32767 ? 2
                                                                               : 1;

  static size_t tile_bytes(int64_t n_in) { return plane_tile_bytes(kShape, n_in); }

  static __m256 load_steps(const std::byte* p) {
    if constexpr (!kShape.bf16_steps) return load_companion(p);
    const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
  }

  /// isum[r] += scale * value * activation over four columns (lines are added kLinesPerSum at a
  /// time before they are scaled).
  template <int kQuad, int kRows>
  static void add_line(const std::byte* planes, const std::byte* const (&acts)[kRows],
                       const GroupScales& scales, __m256i (&pairs)[kRows], __m256i (&isum)[kRows]) {
    __m256i w = load_codes<kShape.bits, kQuad>(planes);
    if constexpr (Block::kIsSigned) w = Block::values(w);
    for (int r = 0; r < kRows; ++r) {
      __m256i a = broadcast_codes(acts[r] + 4 * kQuad);
      __m256i products;
      if constexpr (Block::kIsSigned)
        products = _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(a, w));
      else
        products = _mm256_maddubs_epi16(w, a);
      if constexpr (kQuad % kLinesPerSum == 0)
        pairs[r] = products;
      else
        pairs[r] = _mm256_add_epi16(pairs[r], products);
      keep_in_order(pairs[r]);
      if constexpr ((kQuad + 1) % kLinesPerSum == 0) {
        const __m256i scaled = _mm256_madd_epi16(pairs[r], scales.half[kQuad / 4]);
        isum[r] = kQuad + 1 == kLinesPerSum ? scaled : _mm256_add_epi32(isum[r], scaled);
      }
    }
  }

  template <int kRows>
  static void dot(const std::byte* planes, const std::byte* const (&acts)[kRows],
                  const GroupScales& scales, __m256i (&isum)[kRows]) {
    __m256i pairs[kRows];
    add_line<0>(planes, acts, scales, pairs, isum);
    add_line<1>(planes, acts, scales, pairs, isum);
    add_line<2>(planes, acts, scales, pairs, isum);
    add_line<3>(planes, acts, scales, pairs, isum);
    add_line<4>(planes, acts, scales, pairs, isum);
    add_line<5>(planes, acts, scales, pairs, isum);
    add_line<6>(planes, acts, scales, pairs, isum);
    add_line<7>(planes, acts, scales, pairs, isum);
  }

  /// Adds one group of 32 columns to the accumulators of a tile; index counts groups of the row.
  template <int kRows>
  static void add_group(const std::byte* group, __m256 d, __m256 dmin, int64_t n_in, int64_t index,
                        const std::byte* const (&rows)[kRows], __m256 (&acc)[kRows]) {
    const std::byte* acts[kRows];
    for (int r = 0; r < kRows; ++r) acts[r] = rows[r] + index * kBlockColumns;
    const GroupScales scales = load_scales<kScale>(group);
    __m256i isum[kRows];
    dot(group + plane_companion_bytes(kShape), acts, scales, isum);
    for (int r = 0; r < kRows; ++r) {
      const Group x = load_group(rows[r], n_in, index);
      __m256i sums{};
      if constexpr (Block::kOffset != 0 || kShape.has_min)
        sums = load_sum_pairs<kScale>(acts[r], _mm256_cvtsi256_si32(x.sum));
      if constexpr (Block::kOffset != 0) {
        const __m256i excess = _mm256_madd_epi16(scales.pair, sums);
        isum[r] =
            _mm256_sub_epi32(isum[r], _mm256_slli_epi32(excess, __builtin_ctz(Block::kOffset)));
      }
      acc[r] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(isum[r]), _mm256_mul_ps(d, x.scale), acc[r]);
      if constexpr (kShape.has_min) {
        const __m256i mins = load_scale_pairs<kScale>(group + plane_scale_bytes(kShape));
        const __m256 min_sum = _mm256_cvtepi32_ps(_mm256_madd_epi16(mins, sums));
        acc[r] = _mm256_fnmadd_ps(min_sum, _mm256_mul_ps(dmin, x.scale), acc[r]);
      }
    }
  }

  template <int kTiles, int kRows>
  static void multiply(int64_t n_in, const RegisterTile<kTiles, kRows>& t) {
    __m256 acc[kTiles][kRows];
    for (int i = 0; i < kTiles; ++i)
      for (int r = 0; r < kRows; ++r) acc[i][r] = _mm256_setzero_ps();
    for (int64_t b = 0; b < n_in / kShape.columns; ++b)
      for (int i = 0; i < kTiles; ++i) {
        const std::byte* p = t.weights[i] + static_cast<size_t>(b) * plane_block_bytes(kShape);
        const __m256 d = load_steps(p);
        const __m256 dmin = kShape.has_min ? load_steps(p + kStepBytes) : d;
        p += plane_header_bytes(kShape);
        for (int g = 0; g < kGroups; ++g, p += plane_group_bytes(kShape)) {
          if (kRows == 1) prefetch_lines(p, plane_group_bytes(kShape));
          add_group(p, d, dmin, n_in, b * kGroups + g, t.acts, acc[i]);
        }
      }
    store(t, acc);
  }
};

template <class Block>
void run_planes(const LinearArgs& args) noexcept {
  walk_tiles<PlaneKernel<Block>>(args);
}

/// Unsigned codes.
template <PlaneShape kPlanes_, int kOffset_>
struct CodeBlock {
  static constexpr PlaneShape kPlanes = kPlanes_;
  static constexpr int kOffset = kOffset_;
  static constexpr int kLargest = (1 << kPlanes_.bits) - 1;
  static constexpr bool kIsSigned = false;
};

/// Codes that name entries of a table of 16; kLargest_ is its largest magnitude.
template <PlaneShape kPlanes_, const int8_t (&kTable)[16], int kLargest_>
struct TableBlock {
  static constexpr PlaneShape kPlanes = kPlanes_;
  static constexpr int kOffset = 0;
  static constexpr int kLargest = kLargest_;
  static constexpr bool kIsSigned = true;

  static __m256i values(__m256i codes) {
    const __m128i table = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kTable));
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), codes);
  }
};

}  // namespace
}  // namespace caracal::avx2
