#pragma once
/// A tile's sixteen weight rows as one vector with byte dot products (AVX-512 VNNI). For
/// *_avx512vnni.cc files only.
#include "weights/vector_avx512.h"

namespace caracal::avx512vnni {
namespace {

struct Vector : avx512::Vector {
  template <int kLargest>
  static Int dot_bytes(Int sum, Int w, Int a) {
    return _mm512_dpbusd_epi32(sum, w, a);
  }
  static Int dot_words(Int sum, Int a, Int b) { return _mm512_dpwssd_epi32(sum, a, b); }
};

}  // namespace
}  // namespace caracal::avx512vnni
