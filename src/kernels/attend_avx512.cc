/// Sixteen lanes, with the reference's order of operations.
#include <immintrin.h>

#include "kernels/attend_lanes.h"
#include "kernels/exp_avx512.h"
#include "kernels/kv_rows_avx2.h"
#include "kernels/sums_avx2.h"
#include "kernels/tables.h"

namespace caracal {
namespace {

__m512 join(__m256 low, __m256 high) {
  return _mm512_castpd_ps(
      _mm512_insertf64x4(_mm512_castps_pd(_mm512_castps256_ps512(low)), _mm256_castps_pd(high), 1));
}
__m256 low_half(__m512 x) { return _mm512_castps512_ps256(x); }
__m256 high_half(__m512 x) {
  return _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(x), 1));
}

struct Lanes16 {
  using V = __m512;
  static constexpr int kWidth = 16;
  static constexpr int kAccumulators = 24;
  static constexpr int kTileVectors = 24;
  static V zero() { return _mm512_setzero_ps(); }
  static V broadcast(float x) { return _mm512_set1_ps(x); }
  static V load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(float* p, V x) { _mm512_storeu_ps(p, x); }
  static V add(V a, V b) { return _mm512_add_ps(a, b); }
  static V sub(V a, V b) { return _mm512_sub_ps(a, b); }
  static V mul(V a, V b) { return _mm512_mul_ps(a, b); }
  static V div(V a, V b) { return _mm512_div_ps(a, b); }
  static V max(V a, V b) { return _mm512_max_ps(a, b); }
  static V fma(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
  static float fma(float a, float b, float c) {
    return _mm_cvtss_f32(_mm_fmadd_ss(_mm_set_ss(a), _mm_set_ss(b), _mm_set_ss(c)));
  }
  static V exp(V x) { return avx512::exp16(x); }
  static V exp_or_zero(V x) { return avx512::exp16_or_zero(x); }
  using Sums = __m256;
  static Sums zero_sums() { return _mm256_setzero_ps(); }
  static Sums add_up(Sums sums, V x) {
    return _mm256_add_ps(_mm256_add_ps(sums, low_half(x)), high_half(x));
  }
  static float add_lanes(Sums sums) { return avx2::add_lanes(sums); }
  static float first_lane(V x) { return _mm512_cvtss_f32(x); }
  static float max_lanes(V x) { return avx2::max_lanes(_mm256_max_ps(low_half(x), high_half(x))); }
  static V visible(V x, int64_t first, int32_t begin, int32_t end, V other) {
    const __m512i lane =
        _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(first)),
                         _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    const __mmask16 seen = _mm512_cmpge_epi32_mask(lane, _mm512_set1_epi32(begin)) &
                           _mm512_cmplt_epi32_mask(lane, _mm512_set1_epi32(end));
    return _mm512_mask_mov_ps(other, seen, x);
  }
};

/// Two times eight values of a Row of AVX2.
template <class Row>
struct Joined : Row {
  struct Scale {
    typename Row::Scale low, high;
  };
  static __m512 load(const std::byte* row, int64_t d) {
    return join(Row::load(row, d), Row::load(row, d + 8));
  }
  static __m512 load_part(const std::byte* row, int64_t d, int64_t n) {
    if (n <= 8) return join(Row::load_part(row, d, n), _mm256_setzero_ps());
    return join(Row::load(row, d), Row::load_part(row, d + 8, n - 8));
  }
  static Scale key_scale(const KeyGroup& group, int64_t d, int64_t j) {
    return {Row::key_scale(group, d, j), Row::key_scale(group, d, j + 8)};
  }
  static __m512 load_keys(const std::byte* pieces, const Scale& scale) {
    return join(Row::load_keys(pieces, scale.low),
                Row::load_keys(pieces + 8 * Row::kPieceBytes, scale.high));
  }
};

struct RowF32 : Joined<avx2::RowF32> {
  static __m512 load(const std::byte* row, int64_t d) {
    return _mm512_loadu_ps(reinterpret_cast<const float*>(row) + d);
  }
  static __m512 load_keys(const std::byte* pieces, const Scale&) { return load(pieces, 0); }
};

struct RowF16 : Joined<avx2::RowF16> {
  static __m512 load(const std::byte* row, int64_t d) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(row + 2 * d)));
  }
  static __m512 load_keys(const std::byte* pieces, const Scale&) { return load(pieces, 0); }
};

struct RowBf16 : Joined<avx2::RowBf16> {
  static __m512 load(const std::byte* row, int64_t d) {
    const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row + 2 * d));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
  }
  static __m512 load_keys(const std::byte* pieces, const Scale&) { return load(pieces, 0); }
};

constexpr AttendKernels kTables[] = {
    attend_table<Lanes16, RowF32>("f32 avx512"),
    attend_table<Lanes16, RowF16>("f16 avx512"),
    attend_table<Lanes16, RowBf16>("bf16 avx512"),
    attend_table<Lanes16, Joined<avx2::RowQ8_0>>("q8_0 avx512"),
    attend_table<Lanes16, Joined<avx2::RowQ4_0>>("q4_0 avx512"),
};

constexpr AttendLoops kLoops = attend_loops_table<Lanes16>("avx512");

}  // namespace

const AttendKernels* attend_kernels_avx512() { return kTables; }
const AttendLoops* attend_loops_avx512() { return &kLoops; }

}  // namespace caracal
