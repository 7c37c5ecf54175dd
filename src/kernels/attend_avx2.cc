/// Eight lanes, with the reference's order of operations.
#include <immintrin.h>

#include "kernels/attend_lanes.h"
#include "kernels/exp_avx2.h"
#include "kernels/kv_blocks_avx2.h"
#include "kernels/tables.h"

namespace caracal {
namespace {

struct Lanes8 {
  using V = __m256;
  static constexpr int kWidth = 8;
  static constexpr int kAccumulators = 8;
  static V zero() { return _mm256_setzero_ps(); }
  static V broadcast(float x) { return _mm256_set1_ps(x); }
  static V load(const float* p) { return _mm256_loadu_ps(p); }
  static void store(float* p, V x) { _mm256_storeu_ps(p, x); }
  static V add(V a, V b) { return _mm256_add_ps(a, b); }
  static V sub(V a, V b) { return _mm256_sub_ps(a, b); }
  static V mul(V a, V b) { return _mm256_mul_ps(a, b); }
  static V div(V a, V b) { return _mm256_div_ps(a, b); }
  static V max(V a, V b) { return _mm256_max_ps(a, b); }
  static V fma(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
  static float fma(float a, float b, float c) {
    return _mm_cvtss_f32(_mm_fmadd_ss(_mm_set_ss(a), _mm_set_ss(b), _mm_set_ss(c)));
  }
  static V exp(V x) { return avx2::exp8(x); }
  static V exp_or_zero(V x) { return avx2::exp8_or_zero(x); }
  static float first_lane(V x) { return _mm256_cvtss_f32(x); }
  /// ((0+4)+(2+6)) + ((1+5)+(3+7))
  static float add_lanes(V v) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
  }
  static float max_lanes(V v) {
    __m128 m = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    m = _mm_max_ps(m, _mm_movehl_ps(m, m));
    return _mm_cvtss_f32(_mm_max_ss(m, _mm_shuffle_ps(m, m, 1)));
  }
  static V visible(V x, int64_t first, int32_t begin, int32_t end, V other) {
    const __m256i lane = _mm256_add_epi32(_mm256_set1_epi32(static_cast<int>(first)),
                                          _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    const __m256i below_end = _mm256_cmpgt_epi32(_mm256_set1_epi32(end), lane);
    const __m256i hidden = _mm256_cmpgt_epi32(_mm256_set1_epi32(begin), lane);
    return _mm256_blendv_ps(other, x, _mm256_castsi256_ps(_mm256_andnot_si256(hidden, below_end)));
  }
};

/// The first n of eight lanes, n in [0, 8].
__m256i first_lanes(int64_t n) {
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

constexpr AttendKernels kTables[] = {
    attend_table<Lanes8, RowF32>("f32 avx2"),
    attend_table<Lanes8, Row16<F16>>("f16 avx2"),
    attend_table<Lanes8, Row16<Bf16>>("bf16 avx2"),
    attend_table<Lanes8, avx2::RowQ8_0>("q8_0 avx2"),
    attend_table<Lanes8, avx2::RowQ4_0>("q4_0 avx2"),
};

constexpr AttendLoops kLoops = attend_loops_table<Lanes8>("avx2");

}  // namespace

const AttendKernels* attend_kernels_avx2() { return kTables; }
const AttendLoops* attend_loops_avx2() { return &kLoops; }

}  // namespace caracal
