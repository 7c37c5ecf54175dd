#pragma once
/// Eight weight rows as a vector with byte dot products (AVX-VNNI). For *_avxvnni.cc files only.
#include "weights/tile_walk_avx2.h"

namespace caracal::avxvnni {
namespace {

/// What block_dots.h asks of a vector; lanes are weight rows.
struct Vector {
  using Int = __m256i;
  using Float = __m256;
  static constexpr int kLanes = 8;
  /// Register tiles of a GEMM, in 16 registers: vectors of outputs times activation rows, fewer
  /// rows where there is a scale per 16 columns.
  static constexpr int kSlices = 2, kRows = 3, kFineRows = 2;

  static Int zero() { return _mm256_setzero_si256(); }
  static Int load(const void* p) { return avx2::load_line(p); }
  static void store(void* p, Int v) { _mm256_storeu_si256(static_cast<__m256i*>(p), v); }
  static Int set_bytes(int v) { return _mm256_set1_epi8(static_cast<char>(v)); }
  static Int set_words(int v) { return _mm256_set1_epi16(static_cast<int16_t>(v)); }
  static Int bit_and(Int a, Int b) { return _mm256_and_si256(a, b); }
  static Int bit_or(Int a, Int b) { return _mm256_or_si256(a, b); }
  template <int kBits>
  static Int shift_left(Int v) {
    return _mm256_slli_epi16(v, kBits);
  }
  template <int kBits>
  static Int shift_right(Int v) {
    return _mm256_srli_epi16(v, kBits);
  }
  static Int look_up(__m128i table, Int codes) {
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), codes);
  }
  static Int add(Int a, Int b) { return _mm256_add_epi32(a, b); }
  static Int multiply(Int a, Int b) { return _mm256_mullo_epi32(a, b); }
  static Int multiply_words(Int a, Int b) { return _mm256_mullo_epi16(a, b); }
  static Int low_words(Int pairs) { return _mm256_srai_epi32(_mm256_slli_epi32(pairs, 16), 16); }
  static Int high_words(Int pairs) { return _mm256_srai_epi32(pairs, 16); }

  /// sum + the four products of unsigned w, at most kLargest, and signed a.
  template <int kLargest>
  static Int dot_bytes(Int sum, Int w, Int a) {
    return _mm256_dpbusd_avx_epi32(sum, w, a);
  }
  static Int dot_words(Int sum, Int a, Int b) { return _mm256_dpwssd_avx_epi32(sum, a, b); }

  static Int broadcast(const void* p) {
    return _mm256_castps_si256(_mm256_broadcast_ss(static_cast<const float*>(p)));
  }
  static Float broadcast_float(const void* p) {
    return _mm256_broadcast_ss(static_cast<const float*>(p));
  }
  static Float zero_floats() { return _mm256_setzero_ps(); }
  static Float load_floats(const float* p) { return _mm256_loadu_ps(p); }
  static void store_floats(float* p, Float v) { _mm256_storeu_ps(p, v); }
  static Float multiply(Float a, Float b) { return _mm256_mul_ps(a, b); }
  static Float add_product(Float a, Float b, Float sum) { return _mm256_fmadd_ps(a, b, sum); }
  static Float negate(Float v) { return _mm256_xor_ps(v, _mm256_set1_ps(-0.0f)); }
  static Float to_floats(Int v) { return _mm256_cvtepi32_ps(v); }

  /// Eight 16-bit floats, as f16 or bf16.
  static Float widen_f16(const void* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i*>(p)));
  }
  static Float widen_bf16(const void* p) {
    const __m128i halves = _mm_loadu_si128(static_cast<const __m128i*>(p));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
  }
  /// Eight, and sixteen signed bytes.
  static Int widen_bytes(const void* p) {
    return _mm256_cvtepi8_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(p)));
  }
  static Int widen_byte_pairs(const void* p) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(static_cast<const __m128i*>(p)));
  }

  /// Stores the first n of a tile's 16 outputs.
  static void store_outputs(float* out, const Float (&v)[2], int64_t n) {
    avx2::store_outputs(out, v[0], v[1], n);
  }
};

}  // namespace
}  // namespace caracal::avxvnni
