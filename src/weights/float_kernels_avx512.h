#pragma once
/// Products of float formats with f32 activations, a tile's sixteen rows as one vector:
/// acc = fma(w[k], x[k], acc), k ascending, for every output. For *_avx512.cc files only.
#include "weights/gemm_panel.h"
#include "weights/tile_walk_avx2.h"

namespace caracal::avx512 {
namespace {

inline __m512 broadcast(const float* p) { return _mm512_set1_ps(*p); }

inline void store_outputs(float* out, __m512 v, int64_t n) {
  _mm512_mask_storeu_ps(out, static_cast<__mmask16>((1u << n) - 1), v);
}

/// Element: tile_bytes(n_in), kColumns (of a load: 1 or 2), load(p, columns): kColumns columns of
/// 16 rows as floats, and bytes of that.
template <class Element>
struct FloatFlat {
  static constexpr int kColumns = Element::kColumns;
  static size_t tile_bytes(int64_t n_in) { return Element::tile_bytes(n_in); }

  template <int kTiles, int kRows>
  static void multiply(int64_t n_in, const avx2::RegisterTile<kTiles, kRows>& t) {
    __m512 acc[kTiles][kRows];
    for (auto& tile : acc)
      for (__m512& sum : tile) sum = _mm512_setzero_ps();
    for (int64_t k = 0; k < n_in; k += kColumns)
      for (int i = 0; i < kTiles; ++i) {
        const std::byte* p = t.weights[i] + static_cast<size_t>(k / kColumns) * Element::kBytes;
        avx2::prefetch(p, Element::kBytes);
        __m512 columns[kColumns];
        Element::load(p, columns);
        for (int c = 0; c < kColumns && k + c < n_in; ++c)
          for (int r = 0; r < kRows; ++r)
            acc[i][r] = _mm512_fmadd_ps(
                columns[c], broadcast(reinterpret_cast<const float*>(t.acts[r]) + k + c),
                acc[i][r]);
      }
    for (int i = 0; i < kTiles; ++i)
      for (int r = 0; r < kRows; ++r) store_outputs(t.out[i][r], acc[i][r], t.width[i]);
  }
};

template <class Element>
struct FloatGemm {
  static constexpr int kRows = 12;

  static void unpack(const std::byte* p, int64_t n, float (*panel)[kTileRows]) {
    for (int64_t k = 0; k < n; k += Element::kColumns, p += Element::kBytes) {
      __m512 columns[Element::kColumns];
      Element::load(p, columns);
      for (int c = 0; c < Element::kColumns; ++c)  // the panel has an even number of columns
        _mm512_store_ps(panel[k + c], columns[c]);
    }
  }

  /// acc[r] += panel times n columns of row r.
  template <int kCount>
  static void multiply_panel(const float (*panel)[kTileRows], int64_t n, const std::byte* first_row,
                             size_t stride, float (*acc)[kTileRows]) {
    const float* rows[kCount];
    __m512 sum[kCount];
    for (int r = 0; r < kCount; ++r) {
      rows[r] = reinterpret_cast<const float*>(first_row + static_cast<size_t>(r) * stride);
      sum[r] = _mm512_load_ps(acc[r]);
    }
    for (int64_t k = 0; k < n; ++k) {
      const __m512 w = _mm512_load_ps(panel[k]);
      for (int r = 0; r < kCount; ++r) sum[r] = _mm512_fmadd_ps(w, broadcast(rows[r] + k), sum[r]);
    }
    for (int r = 0; r < kCount; ++r) _mm512_store_ps(acc[r], sum[r]);
  }

  static void multiply_tiles(const LinearArgs& a, int64_t tile, int64_t, int64_t row,
                             int64_t n_rows) {
    auto& scratch = *reinterpret_cast<FloatGemmScratch*>(a.scratch);
    const std::byte* weights = a.weights + static_cast<size_t>(tile) * Element::tile_bytes(a.n_in);
    for (int64_t r = 0; r < n_rows; ++r) _mm512_store_ps(scratch.acc[r], _mm512_setzero_ps());
    for (int64_t first = 0; first < a.n_in; first += kFloatPanelColumns) {
      const int64_t n = a.n_in - first < kFloatPanelColumns ? a.n_in - first : kFloatPanelColumns;
      unpack(weights + static_cast<size_t>(first / Element::kColumns) * Element::kBytes, n,
             scratch.panel);
      const std::byte* acts = a.acts + static_cast<size_t>(row) * a.acts_stride + 4 * first;
      avx2::for_row_groups<kRows>(n_rows, [&]<int kCount>(int64_t r) {
        multiply_panel<kCount>(scratch.panel, n, acts + static_cast<size_t>(r) * a.acts_stride,
                               a.acts_stride, scratch.acc + r);
      });
    }
    const int64_t column = tile * kTileRows, left = a.col_end - column;
    for (int64_t r = 0; r < n_rows; ++r)
      store_outputs(a.out + (row + r) * a.out_stride + column, _mm512_load_ps(scratch.acc[r]),
                    left < kTileRows ? left : kTileRows);
  }
};

template <class Element>
void run_float_flat(const LinearArgs& args) noexcept {
  avx2::walk_few_rows<FloatFlat<Element>>(args);
}
template <class Element>
void run_float_gemm(const LinearArgs& args) noexcept {
  avx2::walk_many_rows<FloatGemm<Element>, 1>(args, kGemmRows);
}

template <class Element>
LinearRuns float_runs() {
  return {run_float_flat<Element>, run_float_gemm<Element>};
}

}  // namespace
}  // namespace caracal::avx512
