#pragma once
/// Codes, scales and activations of block tiles (tile16.h) as vectors of eight weight rows. For
/// *_avx2.cc files only.
#include "spec/acts.h"
#include "weights/tile_walk_avx2.h"

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

/// Codes of columns 4 * kQuad ... 4 * kQuad + 3 of the eight rows whose part of the group's first
/// line is at `lines`.
template <int kBits, int kQuad>
inline __m256i load_codes(const std::byte* lines) {
  if constexpr (kBits == 8) return load_line(lines + kLineBytes * kQuad);
  constexpr int kLow = kBits >= 4 ? 4 : 2;
  __m256i codes;
  if constexpr (kLow == 4)
    codes = take_field<4, kQuad / 4 * 4, 0>(load_line(lines + kLineBytes * (kQuad % 4)));
  else
    codes = take_field<2, kQuad % 4 * 2, 0>(load_line(lines + kLineBytes * (kQuad / 4)));
  const std::byte* high = lines + kLineBytes * kLow;
  if constexpr (kBits - kLow == 2)
    codes = _mm256_or_si256(
        codes, take_field<2, kQuad % 4 * 2, kLow>(load_line(high + kLineBytes * (kQuad / 4))));
  if constexpr (kBits - kLow == 1)
    codes = _mm256_or_si256(codes, take_field<1, kQuad, kLow>(load_line(high)));
  return codes;
}

/// What a format is to the kernels. values<kQuad>(lines): unsigned values of four columns, at most
/// kLargest; a weight's integer is value - kOffset.
template <TileShape kShape_, int kOffset_>
struct CodeBlock {
  static constexpr TileShape kShape = kShape_;
  static constexpr int kOffset = kOffset_;
  static constexpr int kLargest = (1 << kShape.bits) - 1;

  template <int kQuad>
  static __m256i values(const std::byte* lines) {
    return load_codes<kShape.bits, kQuad>(lines);
  }
};

/// Codes that name entries of a table of 16.
template <TileShape kShape_, const int8_t (&kTable)[16], int kOffset_>
struct TableBlock {
  static constexpr TileShape kShape = kShape_;
  static constexpr int kOffset = kOffset_;
  static constexpr int kLargest = kOffset_ == 128 ? 255 : 2 * kOffset_;

  template <int kQuad>
  static __m256i values(const std::byte* lines) {
    const __m128i table = _mm_add_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(kTable)),
                                       _mm_set1_epi8(static_cast<char>(kOffset)));
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), load_codes<4, kQuad>(lines));
  }
};

/// How many lines of products meet in 16 bits: each adds two products of a value and a code of at
/// most 127. 0: not even one does, since the values need all eight bits.
template <class Block>
constexpr int lines_per_sum() {
  for (int lines = 8; lines > 0; lines /= 2)
    if (2 * 127 * Block::kLargest * lines <= 32767) return lines;
  return 0;
}

/// Eight 16-bit steps as floats.
template <TileShape kShape>
inline __m256 load_steps(const std::byte* p) {
  const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  if constexpr (kShape.bf16_steps)
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
  return _mm256_cvtph_ps(halves);
}

/// step * integer scale of the eight rows of half h, for formats with at most a scale per 32.
template <TileShape kShape>
inline __m256 load_weight_scale(const std::byte* step, const std::byte* scales, int h) {
  const __m256 d = load_steps<kShape>(step + 16 * h);
  if constexpr (kShape.scale_columns == 0) return d;
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(scales + 8 * h));
  return _mm256_mul_ps(d, _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes)));
}

/// Integer scales of columns 0..15 and 16..31 as 16-bit pairs.
inline __m256i load_scale_pair(const std::byte* scales, int h) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(scales + 16 * h)));
}
inline __m256i repeat_low(__m256i pair) {
  return _mm256_blend_epi16(pair, _mm256_slli_epi32(pair, 16), 0xaa);
}
inline __m256i repeat_high(__m256i pair) {
  return _mm256_blend_epi16(_mm256_srli_epi32(pair, 16), pair, 0xaa);
}

inline __m256 negate(__m256 x) { return _mm256_xor_ps(x, _mm256_set1_ps(-0.0f)); }

/// Four activation codes in every lane.
inline __m256i broadcast_codes(const std::byte* p) {
  return _mm256_castps_si256(_mm256_broadcast_ss(reinterpret_cast<const float*>(p)));
}

/// Where the companions of activation rows lie (spec/acts.h).
struct ActLayout {
  size_t scales, half_sums, lane_sums, scaled_sums;
  explicit ActLayout(int64_t n_in)
      : scales(static_cast<size_t>(n_in)),
        half_sums(scales + static_cast<size_t>(n_in / kActGroup) * 4),
        lane_sums(half_sums + static_cast<size_t>(n_in / kActGroup) * 4),
        scaled_sums(lane_sums + static_cast<size_t>(n_in / kActGroup) * 4) {}

  __m256 scale(const std::byte* row, int64_t g) const {
    return _mm256_broadcast_ss(reinterpret_cast<const float*>(row + scales) + g);
  }
  __m256i sum_pair(const std::byte* row, int64_t g) const {
    return broadcast_codes(row + half_sums + 4 * g);
  }
  /// What sums of unsigned values begin with, in 16 bits, to become those of value - offset.
  __m256i excess(const std::byte* row, int64_t g, int offset) const {
    return _mm256_mullo_epi16(broadcast_codes(row + lane_sums + 4 * g),
                              _mm256_set1_epi16(static_cast<int16_t>(-offset)));
  }
  __m256 scaled_sum(const std::byte* row, int64_t g) const {
    return _mm256_broadcast_ss(reinterpret_cast<const float*>(row + scaled_sums) + g);
  }
};

/// The float step of a group with at most one integer scale (block_codec.h).
inline __m256 add_product(__m256 acc, __m256i isum, __m256 weight_scale, __m256 act_scale) {
  return _mm256_fmadd_ps(_mm256_cvtepi32_ps(isum), _mm256_mul_ps(weight_scale, act_scale), acc);
}

}  // namespace
}  // namespace caracal::avx2
