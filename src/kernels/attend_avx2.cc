/// Eight lanes, with the reference's order of operations.
#include <immintrin.h>

#include "kernels/attend_lanes.h"
#include "kernels/exp_avx2.h"
#include "kernels/kv_rows_avx2.h"
#include "kernels/sums_avx2.h"
#include "kernels/tables.h"

namespace caracal {
namespace {

struct Lanes8 {
  using V = __m256;
  static constexpr int kWidth = 8;
  static constexpr int kAccumulators = 8;
  static constexpr int kTileVectors = 12;
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
  using Sums = __m256;
  static Sums zero_sums() { return zero(); }
  static Sums add_up(Sums sums, V x) { return add(sums, x); }
  static float first_lane(V x) { return _mm256_cvtss_f32(x); }
  static float add_lanes(Sums sums) { return avx2::add_lanes(sums); }
  static float max_lanes(V x) { return avx2::max_lanes(x); }
  static V visible(V x, int64_t first, int32_t begin, int32_t end, V other) {
    const __m256i lane = _mm256_add_epi32(_mm256_set1_epi32(static_cast<int>(first)),
                                          _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    const __m256i below_end = _mm256_cmpgt_epi32(_mm256_set1_epi32(end), lane);
    const __m256i hidden = _mm256_cmpgt_epi32(_mm256_set1_epi32(begin), lane);
    return _mm256_blendv_ps(other, x, _mm256_castsi256_ps(_mm256_andnot_si256(hidden, below_end)));
  }
};

constexpr AttendKernels kTables[] = {
    attend_table<Lanes8, avx2::RowF32>("f32 avx2"),
    attend_table<Lanes8, avx2::RowF16>("f16 avx2"),
    attend_table<Lanes8, avx2::RowBf16>("bf16 avx2"),
    attend_table<Lanes8, avx2::RowQ8_0>("q8_0 avx2"),
    attend_table<Lanes8, avx2::RowQ4_0>("q4_0 avx2"),
};

constexpr AttendLoops kLoops = attend_loops_table<Lanes8>("avx2");

}  // namespace

const AttendKernels* attend_kernels_avx2() { return kTables; }
const AttendLoops* attend_loops_avx2() { return &kLoops; }

}  // namespace caracal
