#pragma once
/// Products of float formats with f32 activations. For *_avx2.cc files only.
#include "weights/tile_walk_avx2.h"

namespace caracal::avx2 {
namespace {

/// Element: kBytes, and load(p): eight stored elements as floats.
template <class Element>
struct FloatKernel {
  static constexpr int kTilesPerStep = 2;

  static size_t tile_bytes(int64_t n_in) { return float_tile_bytes(Element::kBytes, n_in); }

  /// acc = fma(w[k], x[k], acc), k ascending, for every output of the register tile.
  template <int kTiles, int kRows>
  static void multiply(int64_t n_in, const RegisterTile<kTiles, kRows>& t) {
    __m256 acc[kTiles][kRows];
    for (int i = 0; i < kTiles; ++i)
      for (int r = 0; r < kRows; ++r) acc[i][r] = _mm256_setzero_ps();
    for (int64_t k = 0; k < n_in; ++k) {
      __m256 w[kTiles];
      for (int i = 0; i < kTiles; ++i) {
        const std::byte* p = t.weights[i] + static_cast<size_t>(k * kTileRows) * Element::kBytes;
        if (kRows == 1)
          _mm_prefetch(reinterpret_cast<const char*>(p) + kPrefetchBytes, _MM_HINT_T0);
        w[i] = Element::load(p);
      }
      for (int r = 0; r < kRows; ++r) {
        const __m256 x = _mm256_broadcast_ss(reinterpret_cast<const float*>(t.acts[r]) + k);
        for (int i = 0; i < kTiles; ++i) acc[i][r] = _mm256_fmadd_ps(w[i], x, acc[i][r]);
      }
    }
    store(t, acc);
  }
};

}  // namespace
}  // namespace caracal::avx2
