/// Sixteen floats at a time, the rest under a mask; sums over the reference's eight lanes, so they
/// take the halves one after the other. The bits are those of small_avx2.cc, exponentials included.
#include <immintrin.h>

#include "kernels/exp_avx512.h"
#include "kernels/sums_avx2.h"
#include "kernels/tables.h"

namespace caracal::avx512 {
namespace {

using avx2::add_lanes;
using avx2::GroupSums;
using avx2::max_magnitude;

constexpr int64_t kLanes = 16;

/// The first n lanes, all where n is 16 or more.
__mmask16 first_lanes(int64_t n) {
  return n >= kLanes ? __mmask16{0xffff} : static_cast<__mmask16>((1u << n) - 1);
}

__m512i magnitude_bits(__m512 x) {
  return _mm512_and_si512(_mm512_castps_si512(x), _mm512_set1_epi32(0x7fffffff));
}

__m256 low_half(__m512 v) { return _mm512_castps512_ps256(v); }
__m256 high_half(__m512 v) {
  return _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(v), 1));
}

float max_lanes(__m512 v) { return avx2::max_lanes(_mm256_max_ps(low_half(v), high_half(v))); }

void quantize_group(const float* x, int8_t* codes, const GroupSums& out) {
  const __m512 x0 = _mm512_loadu_ps(x), x1 = _mm512_loadu_ps(x + kLanes);
  // Magnitudes order as their bits do, and infinity and NaN lie on top.
  const __m512i largest = _mm512_max_epi32(magnitude_bits(x0), magnitude_bits(x1));
  const float max = max_magnitude(
      _mm256_max_epi32(_mm512_castsi512_si256(largest), _mm512_extracti64x4_epi64(largest, 1)));
  *out.scale = max < kSmallestMagnitude ? 0.0f : max / 127.0f;
  __m256i bytes = _mm256_setzero_si256();
  if (max >= kSmallestMagnitude && max <= avx2::kLargestFloat) {
    const __m512 inverse = _mm512_set1_ps(127.0f / max);
    const __m512i i0 = _mm512_cvtps_epi32(_mm512_mul_ps(x0, inverse));
    const __m512i i1 = _mm512_cvtps_epi32(_mm512_mul_ps(x1, inverse));
    bytes = _mm256_set_m128i(_mm512_cvtepi32_epi8(i1), _mm512_cvtepi32_epi8(i0));
  }
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(codes), bytes);
  avx2::sum_codes(bytes, out);
}

void quantize_q8_32(const float* x, int64_t n, int64_t begin, int64_t end, std::byte* record) {
  avx2::quantize_groups(x, n, begin, end, record, quantize_group);
}

/// lanes = add(lanes, eight values), for value(i, lanes that count) of every sixteen.
template <class Value, class Add>
float sum_lanes(int64_t n, Value value, Add add) {
  __m256 lanes = _mm256_setzero_ps();
  for (int64_t i = 0; i < n; i += kLanes) {
    const __m512 v = value(i, first_lanes(n - i));
    lanes = add(lanes, low_half(v));
    lanes = add(lanes, high_half(v));
  }
  return add_lanes(lanes);
}

float sum(const float* x, int64_t n) {
  return sum_lanes(
      n, [&](int64_t i, __mmask16 mask) { return _mm512_maskz_loadu_ps(mask, x + i); },
      [](__m256 lanes, __m256 v) { return _mm256_add_ps(lanes, v); });
}

/// Sum of (x - mean)^2.
float sum_of_squares(const float* x, int64_t n, float mean) {
  const __m512 m = _mm512_set1_ps(mean);
  return sum_lanes(
      n,
      [&](int64_t i, __mmask16 mask) {
        return _mm512_maskz_sub_ps(mask, _mm512_maskz_loadu_ps(mask, x + i), m);
      },
      [](__m256 lanes, __m256 v) { return _mm256_fmadd_ps(v, v, lanes); });
}

float inverse_root(float mean, float eps) {
  return 1.0f / _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(mean + eps)));
}

/// out = f(x). out may be x.
template <class F>
void map(const float* x, int64_t n, float* out, F f) {
  for (int64_t i = 0; i < n; i += kLanes) {
    const __mmask16 mask = first_lanes(n - i);
    _mm512_mask_storeu_ps(out + i, mask, f(_mm512_maskz_loadu_ps(mask, x + i)));
  }
}

/// out = f(x, y).
template <class F>
void map_pairs(const float* x, const float* y, int64_t n, float* out, F f) {
  for (int64_t i = 0; i < n; i += kLanes) {
    const __mmask16 mask = first_lanes(n - i);
    _mm512_mask_storeu_ps(
        out + i, mask, f(_mm512_maskz_loadu_ps(mask, x + i), _mm512_maskz_loadu_ps(mask, y + i)));
  }
}

void rms_norm(const float* x, const float* weight, float eps, int64_t n, float* out) {
  const float squares = sum_of_squares(x, n, 0.0f);
  const __m512 factor = _mm512_set1_ps(inverse_root(squares / static_cast<float>(n), eps));
  map_pairs(x, weight, n, out,
            [=](__m512 v, __m512 w) { return _mm512_mul_ps(_mm512_mul_ps(v, factor), w); });
}

void layer_norm(const float* x, const float* weight, const float* bias, float eps, int64_t n,
                float* out) {
  const float mean = sum(x, n) / static_cast<float>(n);
  const float variance = sum_of_squares(x, n, mean) / static_cast<float>(n);
  const __m512 m = _mm512_set1_ps(mean), factor = _mm512_set1_ps(inverse_root(variance, eps));
  for (int64_t i = 0; i < n; i += kLanes) {
    const __mmask16 mask = first_lanes(n - i);
    const __m512 v = _mm512_mul_ps(_mm512_sub_ps(_mm512_maskz_loadu_ps(mask, x + i), m), factor);
    _mm512_mask_storeu_ps(out + i, mask,
                          _mm512_fmadd_ps(v, _mm512_maskz_loadu_ps(mask, weight + i),
                                          _mm512_maskz_loadu_ps(mask, bias + i)));
  }
}

__m512 negate(__m512 x) { return _mm512_sub_ps(_mm512_setzero_ps(), x); }

void silu_mul(const float* gate, const float* up, int64_t n, float* out) {
  map_pairs(gate, up, n, out, [](__m512 g, __m512 u) {
    const __m512 e = exp16(negate(g));
    return _mm512_mul_ps(_mm512_div_ps(g, _mm512_add_ps(_mm512_set1_ps(1.0f), e)), u);
  });
}

void gelu_mul(const float* gate, const float* up, int64_t n, float* out) {
  map_pairs(gate, up, n, out, [](__m512 x, __m512 u) {
    const __m512 cube = _mm512_mul_ps(_mm512_mul_ps(x, x), x);
    const __m512 inner = _mm512_add_ps(x, _mm512_mul_ps(_mm512_set1_ps(0.044715f), cube));
    const __m512 e = exp16(_mm512_mul_ps(_mm512_set1_ps(-1.5957691216057308f), inner));
    return _mm512_mul_ps(_mm512_div_ps(x, _mm512_add_ps(_mm512_set1_ps(1.0f), e)), u);
  });
}

/// As gelu_erf_8 of small_avx2.cc, which says what p is.
__m512 gelu_erf_16(__m512 x) {
  const __m512 a = _mm512_castsi512_ps(magnitude_bits(x));
  const __m512 one = _mm512_set1_ps(1.0f);
  const __m512 t =
      _mm512_div_ps(one, _mm512_fmadd_ps(a, _mm512_set1_ps(0.35355339059327376f), one));
  __m512 p = _mm512_set1_ps(-0.0588909127f);
  p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(0.283702582f));
  p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(-0.485384911f));
  p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(0.2759794f));
  p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(-0.0251784399f));
  p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(0.202070117f));
  p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(0.24326095f));
  p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(0.282353491f));
  p = _mm512_fmadd_ps(p, t, _mm512_set1_ps(0.282087684f));
  const __m512 half_a = _mm512_mul_ps(_mm512_set1_ps(0.5f), a);
  const __m512 e = exp16(_mm512_mul_ps(negate(half_a), a));
  const __m512 above = _mm512_mul_ps(_mm512_mul_ps(e, t), p);
  return _mm512_fnmadd_ps(half_a, above, _mm512_max_ps(x, _mm512_setzero_ps()));
}

void gelu_erf(const float* x, int64_t n, float* out) {
  map(x, n, out, [](__m512 v) { return gelu_erf_16(v); });
}

/// cap * (1 - 2 / (exp(2x / cap) + 1))
void softcap(float* x, int64_t n, float cap) {
  const __m512 one = _mm512_set1_ps(1.0f), two = _mm512_set1_ps(2.0f);
  map(x, n, x, [=](__m512 v) {
    const __m512 e = exp16(_mm512_mul_ps(v, _mm512_set1_ps(2.0f / cap)));
    const __m512 tanh = _mm512_sub_ps(one, _mm512_div_ps(two, _mm512_add_ps(e, one)));
    return _mm512_mul_ps(tanh, _mm512_set1_ps(cap));
  });
}

void rope_neighbours(float* head, int64_t n_pairs, const float* cos, const float* sin) {
  const __m512i twice = _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
  constexpr __mmask16 kOdd = 0xaaaa;
  for (int64_t i = 0; i < n_pairs; i += kLanes / 2) {
    const __mmask16 mask = first_lanes(2 * (n_pairs - i)), pairs = first_lanes(n_pairs - i) & 0xff;
    const __m512 v = _mm512_maskz_loadu_ps(mask, head + 2 * i);
    const __m512 c = _mm512_permutexvar_ps(twice, _mm512_maskz_loadu_ps(pairs, cos + i));
    const __m512 s = _mm512_permutexvar_ps(twice, _mm512_maskz_loadu_ps(pairs, sin + i));
    // even lanes: x c - y s; odd lanes: x s + y c, with the fma on x in both
    const __m512 x = _mm512_moveldup_ps(v), y = _mm512_movehdup_ps(v);
    const __m512 on_x = _mm512_mask_blend_ps(kOdd, c, s), on_y = _mm512_mask_blend_ps(kOdd, s, c);
    _mm512_mask_storeu_ps(head + 2 * i, mask, _mm512_fmaddsub_ps(x, on_x, _mm512_mul_ps(y, on_y)));
  }
}

void rope_halves(float* head, int64_t n_pairs, const float* cos, const float* sin) {
  float* second = head + n_pairs;
  for (int64_t i = 0; i < n_pairs; i += kLanes) {
    const __mmask16 mask = first_lanes(n_pairs - i);
    const __m512 x = _mm512_maskz_loadu_ps(mask, head + i);
    const __m512 y = _mm512_maskz_loadu_ps(mask, second + i);
    const __m512 c = _mm512_maskz_loadu_ps(mask, cos + i);
    const __m512 s = _mm512_maskz_loadu_ps(mask, sin + i);
    _mm512_mask_storeu_ps(head + i, mask, _mm512_fmsub_ps(x, c, _mm512_mul_ps(y, s)));
    _mm512_mask_storeu_ps(second + i, mask, _mm512_fmadd_ps(x, s, _mm512_mul_ps(y, c)));
  }
}

void scale(float* x, int64_t n, float factor) {
  const __m512 f = _mm512_set1_ps(factor);
  map(x, n, x, [=](__m512 v) { return _mm512_mul_ps(v, f); });
}

float max(const float* x, int64_t n) {
  __m512 best = _mm512_set1_ps(x[0]);
  for (int64_t i = 0; i < n; i += kLanes) {
    const __mmask16 mask = first_lanes(n - i);
    best = _mm512_mask_max_ps(best, mask, best, _mm512_maskz_loadu_ps(mask, x + i));
  }
  return max_lanes(best);
}

float exp_sum(float* x, int64_t n, float max) {
  const __m512 m = _mm512_set1_ps(max);
  return sum_lanes(
      n,
      [&](int64_t i, __mmask16 mask) {
        const __m512 d = _mm512_sub_ps(_mm512_maskz_loadu_ps(mask, x + i), m);
        const __m512 e = _mm512_maskz_mov_ps(mask, exp16_or_zero(d));
        _mm512_mask_storeu_ps(x + i, mask, e);
        return e;
      },
      [](__m256 lanes, __m256 v) { return _mm256_add_ps(lanes, v); });
}

constexpr SmallKernels kTable = {
    "avx512", quantize_q8_32,  rms_norm,    layer_norm, silu_mul, gelu_mul, gelu_erf,
    softcap,  rope_neighbours, rope_halves, scale,      max,      exp_sum};

}  // namespace
}  // namespace caracal::avx512

namespace caracal {
const SmallKernels* small_kernels_avx512() { return &avx512::kTable; }
}  // namespace caracal
