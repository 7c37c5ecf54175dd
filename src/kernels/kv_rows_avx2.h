#pragma once
/// Rows of the KV cache, eight values at a time (attend_lanes.h says what a Row type does; blocks:
/// kv_blocks_ref.h). For files of AVX2 and above: everything is internal to the file that includes
/// it.
#include <immintrin.h>

#include "kernels/attend_table.h"
#include "kernels/small_table.h"

namespace caracal::avx2 {
namespace {

/// The first n of eight lanes, n in [0, 8].
inline __m256i first_lanes(int64_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)),
                            _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/// Keys of a type whose numbers stand alone.
template <int kBytes>
struct PlainKeys {
  static constexpr int64_t kPieceBytes = kBytes;
  struct Scale {};
  static Scale key_scale(const KeyGroup&, int64_t, int64_t) { return {}; }
  static const std::byte* key_pieces(const KeyGroup& group, int64_t d) {
    return group.tile + (d * group.lanes + group.first) * kBytes;
  }
};

struct RowF32 : PlainKeys<4> {
  static __m256 load_keys(const std::byte* pieces, Scale) { return load(pieces, 0); }
  static __m256 load(const std::byte* row, int64_t d) {
    return _mm256_loadu_ps(reinterpret_cast<const float*>(row) + d);
  }
  static __m256 load_part(const std::byte* row, int64_t d, int64_t n) {
    return _mm256_maskload_ps(reinterpret_cast<const float*>(row) + d, first_lanes(n));
  }
  static void encode(const float* x, int64_t n, std::byte* row) {
    auto* out = reinterpret_cast<float*>(row);
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) _mm256_storeu_ps(out + i, _mm256_loadu_ps(x + i));
    for (; i < n; ++i) out[i] = x[i];
  }
};

/// Rows of 16-bit numbers; Number converts eight of them.
template <class Number>
struct Row16 : PlainKeys<2> {
  static __m256 load_keys(const std::byte* pieces, Scale) { return load(pieces, 0); }
  static __m256 load(const std::byte* row, int64_t d) {
    return Number::widen(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + 2 * d)));
  }
  static __m256 load_part(const std::byte* row, int64_t d, int64_t n) {
    alignas(16) uint16_t part[8] = {};
    for (int64_t i = 0; i < n; ++i) part[i] = reinterpret_cast<const uint16_t*>(row)[d + i];
    return Number::widen(_mm_load_si128(reinterpret_cast<const __m128i*>(part)));
  }
  static void encode(const float* x, int64_t n, std::byte* row) {
    auto* out = reinterpret_cast<uint16_t*>(row);
    int64_t i = 0;
    for (; i + 8 <= n; i += 8)
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), Number::narrow(_mm256_loadu_ps(x + i)));
    if (i == n) return;
    alignas(16) uint16_t part[8];
    _mm_store_si128(reinterpret_cast<__m128i*>(part),
                    Number::narrow(_mm256_maskload_ps(x + i, first_lanes(n - i))));
    for (int64_t j = 0; i + j < n; ++j) out[i + j] = part[j];
  }
};

struct F16 {
  static __m256 widen(__m128i bits) { return _mm256_cvtph_ps(bits); }
  static __m128i narrow(__m256 x) {
    return _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
};

struct Bf16 {
  static __m256 widen(__m128i bits) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
  }
  /// Round to nearest even; a NaN stays one.
  static __m128i narrow(__m256 x) {
    const __m256i bits = _mm256_castps_si256(x);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const __m256i rounded =
        _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
    const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    const __m256i kept = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
    const __m256i high = _mm256_srli_epi32(_mm256_blendv_epi8(rounded, kept, nan), 16);
    return _mm_packus_epi32(_mm256_castsi256_si128(high), _mm256_extracti128_si256(high, 1));
  }
};

using RowF16 = Row16<F16>;
using RowBf16 = Row16<Bf16>;

constexpr int64_t kBlockValues = 32;

struct BlockScale {
  uint16_t d;     ///< f16
  float inverse;  ///< 0: all codes are 0
};

inline __m256i magnitudes(__m256 x) {
  return _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x7fffffff));
}

/// The first of the 32 values whose magnitude is largest; infinity and NaN lie on top.
inline float largest_of_block(const float* x) {
  __m256i most = magnitudes(_mm256_loadu_ps(x));
  for (int i = 8; i < kBlockValues; i += 8)
    most = _mm256_max_epu32(most, magnitudes(_mm256_loadu_ps(x + i)));
  __m128i m = _mm_max_epu32(_mm256_castsi256_si128(most), _mm256_extracti128_si256(most, 1));
  m = _mm_max_epu32(m, _mm_shuffle_epi32(m, 0x4E));
  m = _mm_max_epu32(m, _mm_shuffle_epi32(m, 0xB1));
  const __m256i largest = _mm256_broadcastd_epi32(m);
  for (int i = 0; i < kBlockValues; i += 8) {
    const __m256i found = _mm256_cmpeq_epi32(magnitudes(_mm256_loadu_ps(x + i)), largest);
    const int lanes = _mm256_movemask_ps(_mm256_castsi256_ps(found));
    if (lanes) return x[i + __builtin_ctz(static_cast<unsigned>(lanes))];
  }
  return x[0];
}

/// code: what `largest` becomes.
inline BlockScale block_scale(float largest, float code) {
  const float magnitude = largest < 0 ? -largest : largest;
  if (!(magnitude <= 3.402823466e38f)) return {0x7e00, 0};
  if (magnitude < kSmallestMagnitude) return {0, 0};
  const __m128i d = _mm_cvtps_ph(_mm_set_ss(largest / code), _MM_FROUND_TO_NEAREST_INT);
  return {static_cast<uint16_t>(_mm_cvtsi128_si32(d)), code / largest};
}

inline void store_scale(const BlockScale& scale, std::byte* block) {
  reinterpret_cast<uint8_t*>(block)[0] = static_cast<uint8_t>(scale.d);
  reinterpret_cast<uint8_t*>(block)[1] = static_cast<uint8_t>(scale.d >> 8);
}

/// The block's scale in every lane.
inline __m256 load_scale(const std::byte* block) {
  return _mm256_cvtph_ps(_mm_set1_epi16(*reinterpret_cast<const int16_t*>(block)));
}

/// Eight values as codes, rounded to nearest even; all 0 where the scale says so.
inline __m256i to_codes(const float* x, __m256 inverse) {
  const __m256i codes = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x), inverse));
  const __m256 none = _mm256_cmp_ps(inverse, _mm256_setzero_ps(), _CMP_EQ_OQ);
  return _mm256_andnot_si256(_mm256_castps_si256(none), codes);
}

/// Eight 32-bit codes in the low eight bytes of a vector.
inline __m128i to_bytes(__m256i codes) {
  const __m128i words =
      _mm_packs_epi32(_mm256_castsi256_si128(codes), _mm256_extracti128_si256(codes, 1));
  return _mm_packs_epi16(words, words);
}

/// Keys of blocks side by side: scales of all keys, then their code bytes. Row has kBytes.
template <class Row>
struct BlockKeys {
  static constexpr int64_t kPieceBytes = 1;
  static const std::byte* key_block(const KeyGroup& group, int64_t d) {
    return group.tile + d / kBlockValues * Row::kBytes * group.lanes;
  }
  static __m256 key_scales(const KeyGroup& group, int64_t d, int64_t j) {
    const std::byte* scales = key_block(group, d) + 2 * (group.first + j);
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(scales)));
  }
  /// piece: of the block's code bytes.
  static const std::byte* key_codes(const KeyGroup& group, int64_t d, int64_t piece) {
    return key_block(group, d) + (2 + piece) * group.lanes + group.first;
  }
};

struct RowQ8_0 : BlockKeys<RowQ8_0> {
  static constexpr int64_t kBytes = 34;
  using Scale = __m256;

  static Scale key_scale(const KeyGroup& group, int64_t d, int64_t j) {
    return key_scales(group, d, j);
  }
  static const std::byte* key_pieces(const KeyGroup& group, int64_t d) {
    return key_codes(group, d, d % kBlockValues);
  }
  static __m256 load_keys(const std::byte* pieces, Scale scale) {
    const __m128i codes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(pieces));
    return _mm256_mul_ps(scale, _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(codes)));
  }

  static __m256 load(const std::byte* row, int64_t d) {
    const std::byte* block = row + d / kBlockValues * kBytes;
    const __m128i codes =
        _mm_loadl_epi64(reinterpret_cast<const __m128i*>(block + 2 + d % kBlockValues));
    return _mm256_mul_ps(load_scale(block), _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(codes)));
  }
  /// Rows are whole blocks: no part is ever left.
  static __m256 load_part(const std::byte* row, int64_t d, int64_t) { return load(row, d); }

  static void encode(const float* x, int64_t n, std::byte* row) {
    for (int64_t b = 0; b < n; b += kBlockValues, row += kBytes) {
      const float largest = largest_of_block(x + b);
      const BlockScale scale = block_scale(largest < 0 ? -largest : largest, 127.0f);
      store_scale(scale, row);
      const __m256 inverse = _mm256_set1_ps(scale.inverse);
      for (int i = 0; i < kBlockValues; i += 8)
        _mm_storel_epi64(reinterpret_cast<__m128i*>(row + 2 + i),
                         to_bytes(to_codes(x + b + i, inverse)));
    }
  }
};

struct RowQ4_0 : BlockKeys<RowQ4_0> {
  static constexpr int64_t kBytes = 18;
  struct Scale {
    __m256 scale;
    __m128i shift;  ///< to the half byte of the dimension
  };

  static Scale key_scale(const KeyGroup& group, int64_t d, int64_t j) {
    return {key_scales(group, d, j), _mm_cvtsi32_si128(d % kBlockValues < 16 ? 0 : 4)};
  }
  static const std::byte* key_pieces(const KeyGroup& group, int64_t d) {
    return key_codes(group, d, d % 16);
  }
  static __m256 load_keys(const std::byte* pieces, const Scale& s) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(pieces));
    const __m256i halves = _mm256_srl_epi32(_mm256_cvtepu8_epi32(bytes), s.shift);
    const __m256i codes =
        _mm256_sub_epi32(_mm256_and_si256(halves, _mm256_set1_epi32(15)), _mm256_set1_epi32(8));
    return _mm256_mul_ps(s.scale, _mm256_cvtepi32_ps(codes));
  }

  static __m256 load(const std::byte* row, int64_t d) {
    const std::byte* block = row + d / kBlockValues * kBytes;
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(block + 2 + d % 16));
    const __m256i wide = _mm256_cvtepu8_epi32(bytes);
    const __m256i nibbles = d % kBlockValues < 16 ? _mm256_and_si256(wide, _mm256_set1_epi32(15))
                                                  : _mm256_srli_epi32(wide, 4);
    const __m256i codes = _mm256_sub_epi32(nibbles, _mm256_set1_epi32(8));
    return _mm256_mul_ps(load_scale(block), _mm256_cvtepi32_ps(codes));
  }
  static __m256 load_part(const std::byte* row, int64_t d, int64_t) { return load(row, d); }

  static void encode(const float* x, int64_t n, std::byte* row) {
    for (int64_t b = 0; b < n; b += kBlockValues, row += kBytes) {
      const BlockScale scale = block_scale(largest_of_block(x + b), -8.0f);
      store_scale(scale, row);
      const __m256 inverse = _mm256_set1_ps(scale.inverse);
      const __m256i offset = _mm256_set1_epi32(8), most = _mm256_set1_epi32(15);
      const auto nibbles = [&](const float* values) {
        return _mm256_min_epi32(_mm256_add_epi32(to_codes(values, inverse), offset), most);
      };
      for (int i = 0; i < 16; i += 8) {
        const __m256i high = _mm256_slli_epi32(nibbles(x + b + 16 + i), 4);
        const __m256i both = _mm256_or_si256(nibbles(x + b + i), high);
        const __m128i words =
            _mm_packus_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
        _mm_storel_epi64(reinterpret_cast<__m128i*>(row + 2 + i), _mm_packus_epi16(words, words));
      }
    }
  }
};

}  // namespace
}  // namespace caracal::avx2
