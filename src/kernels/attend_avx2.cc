/// Eight dims at a time, with the reference's order of operations.
#include <immintrin.h>

#include "kernels/tables.h"

namespace caracal::avx2 {
namespace {

/// The first n of eight lanes, n in [0, 8].
__m256i first_lanes(int64_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)),
                            _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

float add_lanes(__m256 v) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

/// Copies the first n (< 8) 16-bit values; the rest is zero.
__m128i load_part16(const uint16_t* p, int64_t n) {
  alignas(16) uint16_t part[8] = {};
  for (int64_t i = 0; i < n; ++i) part[i] = p[i];
  return _mm_load_si128(reinterpret_cast<const __m128i*>(part));
}

struct RowF32 {
  using Stored = float;
  static __m256 load(const float* p) { return _mm256_loadu_ps(p); }
  static __m256 load_part(const float* p, int64_t n) {
    return _mm256_maskload_ps(p, first_lanes(n));
  }
  static void store(float* p, __m256 x) { _mm256_storeu_ps(p, x); }
};

struct RowF16 {
  using Stored = uint16_t;
  static __m256 load(const uint16_t* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static __m256 load_part(const uint16_t* p, int64_t n) {
    return _mm256_cvtph_ps(load_part16(p, n));
  }
  static void store(uint16_t* p, __m256 x) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                     _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
};

struct RowBf16 {
  using Stored = uint16_t;
  static __m256 widen(__m128i bits) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
  }
  static __m256 load(const uint16_t* p) {
    return widen(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static __m256 load_part(const uint16_t* p, int64_t n) { return widen(load_part16(p, n)); }
  /// Round to nearest even; a NaN stays one.
  static void store(uint16_t* p, __m256 x) {
    const __m256i bits = _mm256_castps_si256(x);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const __m256i rounded =
        _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
    const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    const __m256i kept = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
    const __m256i high = _mm256_srli_epi32(_mm256_blendv_epi8(rounded, kept, nan), 16);
    const __m128i words =
        _mm_packus_epi32(_mm256_castsi256_si128(high), _mm256_extracti128_si256(high, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), words);
  }
};

template <class Row>
void encode(const float* x, int64_t n, std::byte* row) {
  auto* out = reinterpret_cast<typename Row::Stored*>(row);
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) Row::store(out + i, _mm256_loadu_ps(x + i));
  if (i < n) {
    typename Row::Stored part[8];
    Row::store(part, _mm256_maskload_ps(x + i, first_lanes(n - i)));
    for (int64_t j = 0; i + j < n; ++j) out[i + j] = part[j];
  }
}

/// Scores of kQ queries against one key: the key is read once.
template <class Row, int kQ>
void scores_one_key(const float* q, int64_t q_stride, const typename Row::Stored* k, int64_t dim,
                    float* out, int64_t out_stride) {
  __m256 sum[kQ];
  for (int i = 0; i < kQ; ++i) sum[i] = _mm256_setzero_ps();
  int64_t d = 0;
  for (; d + 8 <= dim; d += 8) {
    const __m256 key = Row::load(k + d);
    for (int i = 0; i < kQ; ++i)
      sum[i] = _mm256_fmadd_ps(_mm256_loadu_ps(q + i * q_stride + d), key, sum[i]);
  }
  if (d < dim) {
    const __m256 key = Row::load_part(k + d, dim - d);
    for (int i = 0; i < kQ; ++i)
      sum[i] = _mm256_fmadd_ps(_mm256_maskload_ps(q + i * q_stride + d, first_lanes(dim - d)), key,
                               sum[i]);
  }
  for (int i = 0; i < kQ; ++i) out[i * out_stride] = add_lanes(sum[i]);
}

template <class Row>
void scores(const float* q, int64_t n_q, int64_t q_stride, const std::byte* k, size_t k_stride,
            int64_t n_keys, int64_t dim, float* out, int64_t out_stride) {
  for (int64_t j = 0; j < n_keys; ++j) {
    const auto* key =
        reinterpret_cast<const typename Row::Stored*>(k + static_cast<size_t>(j) * k_stride);
    int64_t i = 0;
    for (; i + 4 <= n_q; i += 4)
      scores_one_key<Row, 4>(q + i * q_stride, q_stride, key, dim, out + i * out_stride + j,
                             out_stride);
    for (; i + 2 <= n_q; i += 2)
      scores_one_key<Row, 2>(q + i * q_stride, q_stride, key, dim, out + i * out_stride + j,
                             out_stride);
    for (; i < n_q; ++i)
      scores_one_key<Row, 1>(q + i * q_stride, q_stride, key, dim, out + i * out_stride + j,
                             out_stride);
  }
}

/// Mixes all keys into kV vectors of one query's accumulator, which stay in registers.
template <class Row, int kV>
void mix_columns(const float* p, const std::byte* v, size_t v_stride, int64_t n_keys,
                 int64_t column, float* acc) {
  __m256 sum[kV];
  for (int c = 0; c < kV; ++c) sum[c] = _mm256_loadu_ps(acc + column + c * 8);
  for (int64_t j = 0; j < n_keys; ++j) {
    const auto* row =
        reinterpret_cast<const typename Row::Stored*>(v + static_cast<size_t>(j) * v_stride);
    const __m256 weight = _mm256_set1_ps(p[j]);
    for (int c = 0; c < kV; ++c)
      sum[c] = _mm256_fmadd_ps(weight, Row::load(row + column + c * 8), sum[c]);
  }
  for (int c = 0; c < kV; ++c) _mm256_storeu_ps(acc + column + c * 8, sum[c]);
}

template <class Row>
void mix_tail(const float* p, const std::byte* v, size_t v_stride, int64_t n_keys, int64_t column,
              int64_t dim, float* acc) {
  const __m256i mask = first_lanes(dim - column);
  __m256 sum = _mm256_maskload_ps(acc + column, mask);
  for (int64_t j = 0; j < n_keys; ++j) {
    const auto* row =
        reinterpret_cast<const typename Row::Stored*>(v + static_cast<size_t>(j) * v_stride);
    sum = _mm256_fmadd_ps(_mm256_set1_ps(p[j]), Row::load_part(row + column, dim - column), sum);
  }
  _mm256_maskstore_ps(acc + column, mask, sum);
}

template <class Row>
void mix(const float* p, int64_t p_stride, int64_t n_q, const std::byte* v, size_t v_stride,
         int64_t n_keys, int64_t dim, float* acc, int64_t acc_stride) {
  for (int64_t i = 0; i < n_q; ++i) {
    const float* weights = p + i * p_stride;
    float* out = acc + i * acc_stride;
    int64_t d = 0;
    for (; d + 64 <= dim; d += 64) mix_columns<Row, 8>(weights, v, v_stride, n_keys, d, out);
    for (; d + 8 <= dim; d += 8) mix_columns<Row, 1>(weights, v, v_stride, n_keys, d, out);
    if (d < dim) mix_tail<Row>(weights, v, v_stride, n_keys, d, dim, out);
  }
}

constexpr AttendKernels kTables[3] = {
    {"f32 avx2", encode<RowF32>, scores<RowF32>, mix<RowF32>},
    {"f16 avx2", encode<RowF16>, scores<RowF16>, mix<RowF16>},
    {"bf16 avx2", encode<RowBf16>, scores<RowBf16>, mix<RowBf16>},
};

}  // namespace
}  // namespace caracal::avx2

namespace caracal {
const AttendKernels* attend_kernels_avx2() { return avx2::kTables; }
}  // namespace caracal
