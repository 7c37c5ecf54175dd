#pragma once
/// A tile's sixteen weight rows as one vector (AVX-512 F, BW, VL). For *_avx512.cc,
/// *_avx512vnni.cc files only.
#include "weights/tile_walk_avx2.h"

namespace caracal::avx512 {
namespace {

/// What block_dots.h asks of a vector; lanes are weight rows.
struct Vector {
  using Int = __m512i;
  using Float = __m512;
  static constexpr int kLanes = 16;
  /// Register tiles of a GEMM, in 32 registers: vectors of outputs times activation rows, fewer
  /// rows where there is a scale per 16 columns.
  static constexpr int kSlices = 2, kRows = 6, kFineRows = 4;

  static Int zero() { return _mm512_setzero_si512(); }
  static Int load(const void* p) { return _mm512_loadu_si512(p); }
  static void store(void* p, Int v) { _mm512_storeu_si512(p, v); }
  static Int set_bytes(int v) { return _mm512_set1_epi8(static_cast<char>(v)); }
  static Int set_words(int v) { return _mm512_set1_epi16(static_cast<int16_t>(v)); }
  static Int bit_and(Int a, Int b) { return _mm512_and_si512(a, b); }
  static Int bit_or(Int a, Int b) { return _mm512_or_si512(a, b); }
  template <int kBits>
  static Int shift_left(Int v) {
    return _mm512_slli_epi16(v, kBits);
  }
  template <int kBits>
  static Int shift_right(Int v) {
    return _mm512_srli_epi16(v, kBits);
  }
  static Int look_up(__m128i table, Int codes) {
    return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(table), codes);
  }
  static Int add(Int a, Int b) { return _mm512_add_epi32(a, b); }
  static Int multiply(Int a, Int b) { return _mm512_mullo_epi32(a, b); }
  static Int multiply_words(Int a, Int b) { return _mm512_mullo_epi16(a, b); }
  static Int low_words(Int pairs) { return _mm512_srai_epi32(_mm512_slli_epi32(pairs, 16), 16); }
  static Int high_words(Int pairs) { return _mm512_srai_epi32(pairs, 16); }

  /// sum + the four products of unsigned w, at most kLargest, and signed a.
  template <int kLargest>
  static Int dot_bytes(Int sum, Int w, Int a) {
    const Int one = set_words(1);
    if constexpr (kLargest <= 127)  // two products meet in 16 bits
      return add(sum, _mm512_madd_epi16(_mm512_maddubs_epi16(w, a), one));
    const Int nibble = set_bytes(15);
    const Int low = _mm512_maddubs_epi16(bit_and(w, nibble), a);
    const Int high = _mm512_maddubs_epi16(bit_and(shift_right<4>(w), nibble), a);
    sum = add(sum, _mm512_madd_epi16(low, one));
    return add(sum, _mm512_madd_epi16(high, set_words(16)));
  }
  static Int dot_words(Int sum, Int a, Int b) { return add(sum, _mm512_madd_epi16(a, b)); }

  static Int broadcast(const void* p) { return _mm512_castps_si512(broadcast_float(p)); }
  static Float broadcast_float(const void* p) {
    return _mm512_set1_ps(*static_cast<const float*>(p));
  }
  static Float zero_floats() { return _mm512_setzero_ps(); }
  static Float load_floats(const float* p) { return _mm512_loadu_ps(p); }
  static void store_floats(float* p, Float v) { _mm512_storeu_ps(p, v); }
  static Float multiply(Float a, Float b) { return _mm512_mul_ps(a, b); }
  static Float add_product(Float a, Float b, Float sum) { return _mm512_fmadd_ps(a, b, sum); }
  static Float negate(Float v) {
    return _mm512_castsi512_ps(
        _mm512_xor_si512(_mm512_castps_si512(v), _mm512_set1_epi32(INT32_MIN)));
  }
  static Float to_floats(Int v) { return _mm512_cvtepi32_ps(v); }

  /// Sixteen 16-bit floats, as f16 or bf16.
  static Float widen_f16(const void* p) { return _mm512_cvtph_ps(avx2::load_line(p)); }
  static Float widen_bf16(const void* p) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(avx2::load_line(p)), 16));
  }
  /// Sixteen, and thirty-two signed bytes.
  static Int widen_bytes(const void* p) {
    return _mm512_cvtepi8_epi32(_mm_loadu_si128(static_cast<const __m128i*>(p)));
  }
  static Int widen_byte_pairs(const void* p) { return _mm512_cvtepi8_epi16(avx2::load_line(p)); }

  /// Stores the first n of a tile's 16 outputs.
  static void store_outputs(float* out, const Float (&v)[1], int64_t n) {
    _mm512_mask_storeu_ps(out, static_cast<__mmask16>((1u << n) - 1), v[0]);
  }
};

}  // namespace
}  // namespace caracal::avx512
