#pragma once
/// GEMV and flat GEMM of block formats: one to four activation rows, codes unpacked in registers.
/// For *_avx2.cc files only.
#include "weights/block_codes_avx2.h"

namespace caracal::avx2 {
namespace {

template <class Block>
struct FlatKernel {
  static constexpr TileShape kShape = Block::kShape;
  static constexpr bool kFine = kShape.scale_columns == 16;
  static constexpr bool kWide = lines_per_sum<Block>() == 0;
  /// Scales per 16 columns are applied to sums of at most 16 columns.
  static constexpr int kLinesPerSum = kWide ? 1
                                      : kFine && lines_per_sum<Block>() > 4
                                          ? 4
                                          : lines_per_sum<Block>();

  /// The first 16-bit sum takes the offset in.
  static constexpr bool kStartsWithExcess = Block::kOffset != 0 && !kWide && !kFine;

  static size_t tile_bytes(int64_t n_in) { return block_tile_bytes(kShape, n_in); }

  /// isum[r] += factor * value * activation over four columns, or less offset 128 where kWide.
  template <int kQuad, int kRows>
  static void add_line(const std::byte* lines, const std::byte* const (&acts)[kRows],
                       const __m256i (&factor)[2], __m256i (&pairs)[kRows],
                       __m256i (&isum)[kRows]) {
    const __m256i values = Block::template values<kQuad>(lines);
    const __m256i w = kWide ? _mm256_xor_si256(values, _mm256_set1_epi8(-128)) : values;
    for (int r = 0; r < kRows; ++r) {
      const __m256i a = broadcast_codes(acts[r] + 4 * kQuad);
      // |w| times sign(w) * a: two products of at most 128 * 127 meet in 16 bits
      const __m256i products =
          kWide ? _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(a, w))
                : _mm256_maddubs_epi16(w, a);
      pairs[r] = kQuad % kLinesPerSum == 0 && !(kQuad == 0 && kStartsWithExcess)
                     ? products
                     : _mm256_add_epi16(pairs[r], products);
      keep_in_order(pairs[r]);
      if constexpr ((kQuad + 1) % kLinesPerSum == 0) {
        const __m256i scaled = _mm256_madd_epi16(pairs[r], factor[kQuad / 4]);
        isum[r] = kQuad + 1 == kLinesPerSum ? scaled : _mm256_add_epi32(isum[r], scaled);
      }
    }
  }

  template <int kRows>
  static void dot(const std::byte* lines, const std::byte* const (&acts)[kRows],
                  const __m256i (&factor)[2], __m256i (&pairs)[kRows], __m256i (&isum)[kRows]) {
    add_line<0>(lines, acts, factor, pairs, isum);
    add_line<1>(lines, acts, factor, pairs, isum);
    add_line<2>(lines, acts, factor, pairs, isum);
    add_line<3>(lines, acts, factor, pairs, isum);
    add_line<4>(lines, acts, factor, pairs, isum);
    add_line<5>(lines, acts, factor, pairs, isum);
    add_line<6>(lines, acts, factor, pairs, isum);
    add_line<7>(lines, acts, factor, pairs, isum);
  }

  /// Adds group g of a strip, group `index` of the row, to the accumulators of half h.
  template <int kRows>
  static void add_group(const std::byte* strip, const std::byte* lines, int g, int h, int64_t index,
                        const ActLayout& layout, const std::byte* const (&rows)[kRows],
                        __m256 (&acc)[kRows]) {
    const std::byte* acts[kRows];
    for (int r = 0; r < kRows; ++r) acts[r] = rows[r] + index * kGroupColumns;
    const std::byte* step = strip + step_offset(kShape, g);
    const std::byte* scales = strip + scale_offset(kShape, g);
    __m256i pairs[kRows], isum[kRows];
    if constexpr (kStartsWithExcess)
      for (int r = 0; r < kRows; ++r) pairs[r] = layout.excess(rows[r], index, Block::kOffset);
    __m256 scale;
    __m256i factor[2] = {_mm256_set1_epi16(1), _mm256_set1_epi16(1)};
    __m256i offset;
    if constexpr (kFine) {
      const __m256i pair = load_scale_pair(scales, h);
      factor[0] = repeat_low(pair);
      factor[1] = repeat_high(pair);
      offset = _mm256_mullo_epi16(pair, _mm256_set1_epi16(Block::kOffset));
      scale = load_steps<kShape>(step + 16 * h);
    } else {
      scale = load_weight_scale<kShape>(step, scales, h);
    }
    dot(lines + 32 * h, acts, factor, pairs, isum);
    for (int r = 0; r < kRows; ++r) {
      if constexpr (Block::kOffset != 0 && kFine)
        isum[r] =
            _mm256_sub_epi32(isum[r], _mm256_madd_epi16(offset, layout.sum_pair(rows[r], index)));
      acc[r] = add_product(acc[r], isum[r], scale, layout.scale(rows[r], index));
    }
    if constexpr (kShape.has_min) add_min(strip, g, h, index, layout, rows, acc);
  }

  template <int kRows>
  static void add_min(const std::byte* strip, int g, int h, int64_t index, const ActLayout& layout,
                      const std::byte* const (&rows)[kRows], __m256 (&acc)[kRows]) {
    const std::byte* step = strip + min_step_offset(kShape, g);
    const std::byte* mins = strip + min_offset(kShape, g);
    if constexpr (kFine) {
      const __m256i pair = load_scale_pair(mins, h);
      const __m256 dmin = negate(load_steps<kShape>(step + 16 * h));
      for (int r = 0; r < kRows; ++r)
        acc[r] = add_product(acc[r], _mm256_madd_epi16(pair, layout.sum_pair(rows[r], index)), dmin,
                             layout.scale(rows[r], index));
    } else {
      const __m256 min = load_weight_scale<kShape>(step, mins, h);
      for (int r = 0; r < kRows; ++r)
        acc[r] = _mm256_fnmadd_ps(min, layout.scaled_sum(rows[r], index), acc[r]);
    }
  }

  template <int kTiles, int kRows>
  static void multiply(int64_t n_in, const RegisterTile<kTiles, kRows>& t) {
    __m256 acc[kTiles][kHalves][kRows];
    for (auto& tile : acc)
      for (auto& half : tile)
        for (__m256& sum : half) sum = _mm256_setzero_ps();
    const ActLayout layout(n_in);
    const int64_t n_groups = n_in / kGroupColumns;
    for (int64_t first = 0; first < n_groups; first += strip_groups(kShape))
      for (int i = 0; i < kTiles; ++i) {
        const std::byte* strip =
            t.weights[i] + static_cast<size_t>(first / strip_groups(kShape)) * strip_bytes(kShape);
        prefetch(strip, header_bytes(kShape));
        const std::byte* lines = strip + header_bytes(kShape);
        for (int g = 0; g < strip_groups(kShape) && first + g < n_groups;
             ++g, lines += group_bytes(kShape)) {
          prefetch(lines, group_bytes(kShape));
          for (int h = 0; h < kHalves; ++h)
            add_group(strip, lines, g, h, first + g, layout, t.acts, acc[i][h]);
        }
      }
    store(t, acc);
  }
};

}  // namespace
}  // namespace caracal::avx2
