/// Eight floats at a time, with the reference's order of sums.
#include <immintrin.h>

#include "kernels/exp_avx2.h"
#include "kernels/sums_avx2.h"
#include "kernels/tables.h"

namespace caracal::avx2 {
namespace {

/// The first n of eight lanes, n in [0, 8].
__m256i first_lanes(int64_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)),
                            _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

__m256i magnitude_bits(__m256 x) {
  return _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0x7fffffff));
}

void quantize_group(const float* x, int8_t* codes, const GroupSums& out) {
  const __m256 x0 = _mm256_loadu_ps(x), x1 = _mm256_loadu_ps(x + 8);
  const __m256 x2 = _mm256_loadu_ps(x + 16), x3 = _mm256_loadu_ps(x + 24);
  // Magnitudes order as their bits do, and infinity and NaN lie on top.
  const float max =
      max_magnitude(_mm256_max_epi32(_mm256_max_epi32(magnitude_bits(x0), magnitude_bits(x1)),
                                     _mm256_max_epi32(magnitude_bits(x2), magnitude_bits(x3))));
  *out.scale = max < kSmallestMagnitude ? 0.0f : max / 127.0f;
  if (!(max >= kSmallestMagnitude && max <= kLargestFloat)) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(codes), _mm256_setzero_si256());
    sum_codes(_mm256_setzero_si256(), out);
    return;
  }
  const __m256 inverse = _mm256_set1_ps(127.0f / max);
  const __m256i i0 = _mm256_cvtps_epi32(_mm256_mul_ps(x0, inverse));
  const __m256i i1 = _mm256_cvtps_epi32(_mm256_mul_ps(x1, inverse));
  const __m256i i2 = _mm256_cvtps_epi32(_mm256_mul_ps(x2, inverse));
  const __m256i i3 = _mm256_cvtps_epi32(_mm256_mul_ps(x3, inverse));
  const __m256i words0 = _mm256_packs_epi32(i0, i1), words1 = _mm256_packs_epi32(i2, i3);
  const __m256i bytes = _mm256_packs_epi16(words0, words1);
  // The packs work within halves; put the eight 4-byte pieces back into order.
  const __m256i ordered =
      _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(codes), ordered);
  sum_codes(ordered, out);
}

void quantize_q8_32(const float* x, int64_t n, int64_t begin, int64_t end, std::byte* record) {
  quantize_groups(x, n, begin, end, record, quantize_group);
}

void rms_norm(const float* x, const float* weight, float eps, int64_t n, float* out) {
  __m256 squares = _mm256_setzero_ps();
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m256 v = _mm256_loadu_ps(x + i);
    squares = _mm256_fmadd_ps(v, v, squares);
  }
  if (i < n) {
    const __m256 v = _mm256_maskload_ps(x + i, first_lanes(n - i));
    squares = _mm256_fmadd_ps(v, v, squares);
  }
  const float mean = add_lanes(squares) / static_cast<float>(n);
  const float root = _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(mean + eps)));
  const __m256 factor = _mm256_set1_ps(1.0f / root);
  for (i = 0; i + 8 <= n; i += 8)
    _mm256_storeu_ps(out + i, _mm256_mul_ps(_mm256_mul_ps(_mm256_loadu_ps(x + i), factor),
                                            _mm256_loadu_ps(weight + i)));
  if (i < n) {
    const __m256i mask = first_lanes(n - i);
    const __m256 v = _mm256_mul_ps(_mm256_maskload_ps(x + i, mask), factor);
    _mm256_maskstore_ps(out + i, mask, _mm256_mul_ps(v, _mm256_maskload_ps(weight + i, mask)));
  }
}

float sum(const float* x, int64_t n) {
  __m256 lanes = _mm256_setzero_ps();
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) lanes = _mm256_add_ps(lanes, _mm256_loadu_ps(x + i));
  if (i < n) lanes = _mm256_add_ps(lanes, _mm256_maskload_ps(x + i, first_lanes(n - i)));
  return add_lanes(lanes);
}

/// Sum of (x - mean)^2.
float sum_of_squares(const float* x, int64_t n, __m256 mean) {
  __m256 lanes = _mm256_setzero_ps();
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m256 d = _mm256_sub_ps(_mm256_loadu_ps(x + i), mean);
    lanes = _mm256_fmadd_ps(d, d, lanes);
  }
  if (i < n) {
    const __m256i mask = first_lanes(n - i);
    const __m256 d = _mm256_and_ps(_mm256_sub_ps(_mm256_maskload_ps(x + i, mask), mean),
                                   _mm256_castsi256_ps(mask));
    lanes = _mm256_fmadd_ps(d, d, lanes);
  }
  return add_lanes(lanes);
}

void layer_norm(const float* x, const float* weight, const float* bias, float eps, int64_t n,
                float* out) {
  const __m256 mean = _mm256_set1_ps(sum(x, n) / static_cast<float>(n));
  const float variance = sum_of_squares(x, n, mean) / static_cast<float>(n);
  const float root = _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(variance + eps)));
  const __m256 factor = _mm256_set1_ps(1.0f / root);
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m256 v = _mm256_mul_ps(_mm256_sub_ps(_mm256_loadu_ps(x + i), mean), factor);
    _mm256_storeu_ps(out + i,
                     _mm256_fmadd_ps(v, _mm256_loadu_ps(weight + i), _mm256_loadu_ps(bias + i)));
  }
  if (i < n) {
    const __m256i mask = first_lanes(n - i);
    const __m256 v = _mm256_mul_ps(_mm256_sub_ps(_mm256_maskload_ps(x + i, mask), mean), factor);
    _mm256_maskstore_ps(out + i, mask,
                        _mm256_fmadd_ps(v, _mm256_maskload_ps(weight + i, mask),
                                        _mm256_maskload_ps(bias + i, mask)));
  }
}

/// out = f(x), eight at a time and the rest under a mask. out may be x.
template <class F>
void map(const float* x, int64_t n, float* out, F f) {
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) _mm256_storeu_ps(out + i, f(_mm256_loadu_ps(x + i)));
  if (i < n) {
    const __m256i mask = first_lanes(n - i);
    _mm256_maskstore_ps(out + i, mask, f(_mm256_maskload_ps(x + i, mask)));
  }
}

/// out = f(x, y).
template <class F>
void map_pairs(const float* x, const float* y, int64_t n, float* out, F f) {
  int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps(out + i, f(_mm256_loadu_ps(x + i), _mm256_loadu_ps(y + i)));
  if (i < n) {
    const __m256i mask = first_lanes(n - i);
    _mm256_maskstore_ps(out + i, mask,
                        f(_mm256_maskload_ps(x + i, mask), _mm256_maskload_ps(y + i, mask)));
  }
}

__m256 silu_mul_8(__m256 gate, __m256 up) {
  const __m256 one = _mm256_set1_ps(1.0f);
  const __m256 e = exp8(_mm256_sub_ps(_mm256_setzero_ps(), gate));
  return _mm256_mul_ps(_mm256_div_ps(gate, _mm256_add_ps(one, e)), up);
}

void silu_mul(const float* gate, const float* up, int64_t n, float* out) {
  map_pairs(gate, up, n, out, [](__m256 g, __m256 u) { return silu_mul_8(g, u); });
}

__m256 gelu_mul_8(__m256 x, __m256 up) {
  const __m256 cube = _mm256_mul_ps(_mm256_mul_ps(x, x), x);
  const __m256 inner = _mm256_add_ps(x, _mm256_mul_ps(_mm256_set1_ps(0.044715f), cube));
  const __m256 e = exp8(_mm256_mul_ps(_mm256_set1_ps(-1.5957691216057308f), inner));
  return _mm256_mul_ps(_mm256_div_ps(x, _mm256_add_ps(_mm256_set1_ps(1.0f), e)), up);
}

void gelu_mul(const float* gate, const float* up, int64_t n, float* out) {
  map_pairs(gate, up, n, out, [](__m256 g, __m256 u) { return gelu_mul_8(g, u); });
}

/// max(x, 0) - |x| Q(|x|), where Q(a) = erfc(a/sqrt(2)) / 2 is what a normal variable leaves above
/// a. With t = 1 / (1 + a/sqrt(8)), erfc(a/sqrt(2)) = exp(-a^2/2) t p(t); p is fitted to minimise
/// the relative error on [0, 13] (4e-8).
__m256 gelu_erf_8(__m256 x) {
  const __m256 a = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x);
  const __m256 one = _mm256_set1_ps(1.0f);
  const __m256 t =
      _mm256_div_ps(one, _mm256_fmadd_ps(a, _mm256_set1_ps(0.35355339059327376f), one));
  __m256 p = _mm256_set1_ps(-0.0588909127f);
  p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(0.283702582f));
  p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(-0.485384911f));
  p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(0.2759794f));
  p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(-0.0251784399f));
  p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(0.202070117f));
  p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(0.24326095f));
  p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(0.282353491f));
  p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(0.282087684f));
  const __m256 half_a = _mm256_mul_ps(_mm256_set1_ps(0.5f), a);
  const __m256 e = exp8(_mm256_mul_ps(_mm256_sub_ps(_mm256_setzero_ps(), half_a), a));
  const __m256 above = _mm256_mul_ps(_mm256_mul_ps(e, t), p);
  return _mm256_fnmadd_ps(half_a, above, _mm256_max_ps(x, _mm256_setzero_ps()));
}

void gelu_erf(const float* x, int64_t n, float* out) {
  map(x, n, out, [](__m256 v) { return gelu_erf_8(v); });
}

/// cap * (1 - 2 / (exp(2x / cap) + 1))
__m256 softcap_8(__m256 x, float cap) {
  const __m256 one = _mm256_set1_ps(1.0f), two = _mm256_set1_ps(2.0f);
  const __m256 e = exp8(_mm256_mul_ps(x, _mm256_set1_ps(2.0f / cap)));
  const __m256 tanh = _mm256_sub_ps(one, _mm256_div_ps(two, _mm256_add_ps(e, one)));
  return _mm256_mul_ps(tanh, _mm256_set1_ps(cap));
}

void softcap(float* x, int64_t n, float cap) {
  map(x, n, x, [=](__m256 v) { return softcap_8(v, cap); });
}

/// fma(x, cos, -(y * sin)) and fma(x, sin, y * cos), as the reference.
void rotate_one(float* a, float* b, float cos, float sin) {
  const __m128 x = _mm_set_ss(*a), y = _mm_set_ss(*b), c = _mm_set_ss(cos), s = _mm_set_ss(sin);
  *a = _mm_cvtss_f32(_mm_fmsub_ss(x, c, _mm_mul_ss(y, s)));
  *b = _mm_cvtss_f32(_mm_fmadd_ss(x, s, _mm_mul_ss(y, c)));
}

void rope_neighbours(float* head, int64_t n_pairs, const float* cos, const float* sin) {
  int64_t i = 0;
  for (; i + 4 <= n_pairs; i += 4) {
    const __m256 v = _mm256_loadu_ps(head + 2 * i);
    const __m128 c4 = _mm_loadu_ps(cos + i), s4 = _mm_loadu_ps(sin + i);
    const __m256 c = _mm256_set_m128(_mm_unpackhi_ps(c4, c4), _mm_unpacklo_ps(c4, c4));
    const __m256 s = _mm256_set_m128(_mm_unpackhi_ps(s4, s4), _mm_unpacklo_ps(s4, s4));
    // even lanes: x c - y s; odd lanes: x s + y c, with the fma on x in both
    const __m256 x = _mm256_moveldup_ps(v), y = _mm256_movehdup_ps(v);
    const __m256 on_x = _mm256_blend_ps(c, s, 0xAA), on_y = _mm256_blend_ps(s, c, 0xAA);
    _mm256_storeu_ps(head + 2 * i, _mm256_fmaddsub_ps(x, on_x, _mm256_mul_ps(y, on_y)));
  }
  for (; i < n_pairs; ++i) rotate_one(head + 2 * i, head + 2 * i + 1, cos[i], sin[i]);
}

void rope_halves(float* head, int64_t n_pairs, const float* cos, const float* sin) {
  int64_t i = 0;
  for (; i + 8 <= n_pairs; i += 8) {
    const __m256 x = _mm256_loadu_ps(head + i), y = _mm256_loadu_ps(head + n_pairs + i);
    const __m256 c = _mm256_loadu_ps(cos + i), s = _mm256_loadu_ps(sin + i);
    _mm256_storeu_ps(head + i, _mm256_fmsub_ps(x, c, _mm256_mul_ps(y, s)));
    _mm256_storeu_ps(head + n_pairs + i, _mm256_fmadd_ps(x, s, _mm256_mul_ps(y, c)));
  }
  for (; i < n_pairs; ++i) rotate_one(head + i, head + n_pairs + i, cos[i], sin[i]);
}

void scale(float* x, int64_t n, float factor) {
  const __m256 f = _mm256_set1_ps(factor);
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) _mm256_storeu_ps(x + i, _mm256_mul_ps(_mm256_loadu_ps(x + i), f));
  for (; i < n; ++i) x[i] *= factor;
}

float max(const float* x, int64_t n) {
  float best = x[0];
  int64_t i = 0;
  if (n >= 8) {
    __m256 m = _mm256_loadu_ps(x);
    for (i = 8; i + 8 <= n; i += 8) m = _mm256_max_ps(m, _mm256_loadu_ps(x + i));
    best = max_lanes(m);
  }
  for (; i < n; ++i) best = x[i] > best ? x[i] : best;
  return best;
}

float exp_sum(float* x, int64_t n, float max) {
  const __m256 m = _mm256_set1_ps(max);
  __m256 sum = _mm256_setzero_ps();
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const __m256 e = exp8_or_zero(_mm256_sub_ps(_mm256_loadu_ps(x + i), m));
    _mm256_storeu_ps(x + i, e);
    sum = _mm256_add_ps(sum, e);
  }
  if (i < n) {
    const __m256i mask = first_lanes(n - i);
    __m256 e = exp8_or_zero(_mm256_sub_ps(_mm256_maskload_ps(x + i, mask), m));
    e = _mm256_and_ps(e, _mm256_castsi256_ps(mask));
    _mm256_maskstore_ps(x + i, mask, e);
    sum = _mm256_add_ps(sum, e);
  }
  return add_lanes(sum);
}

constexpr SmallKernels kTable = {
    "avx2",  quantize_q8_32,  rms_norm,    layer_norm, silu_mul, gelu_mul, gelu_erf,
    softcap, rope_neighbours, rope_halves, scale,      max,      exp_sum};

}  // namespace
}  // namespace caracal::avx2

namespace caracal {
const SmallKernels* small_kernels_avx2() { return &avx2::kTable; }
}  // namespace caracal
