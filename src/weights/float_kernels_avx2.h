#pragma once
/// Products of float formats with f32 activations: acc = fma(w[k], x[k], acc), k ascending, for
/// every output. For *_avx2.cc files only.
#include "weights/gemm_panel.h"
#include "weights/tile_walk_avx2.h"

namespace caracal::avx2 {
namespace {

/// Both halves of a column.
struct Column {
  __m256 half[kHalves];
};

/// Element: tile_bytes(n_in), kColumns (of a load: 1 or 2), load(p, columns): kColumns columns of
/// 16 rows as floats, and bytes of that.
template <class Element>
struct FloatFlat {
  static constexpr int kColumns = Element::kColumns;
  static size_t tile_bytes(int64_t n_in) { return Element::tile_bytes(n_in); }

  template <int kTiles, int kRows>
  static void multiply(int64_t n_in, const RegisterTile<kTiles, kRows>& t) {
    __m256 acc[kTiles][kHalves][kRows];
    for (auto& tile : acc)
      for (auto& half : tile)
        for (__m256& sum : half) sum = _mm256_setzero_ps();
    for (int64_t k = 0; k < n_in; k += kColumns)
      for (int i = 0; i < kTiles; ++i) {
        const std::byte* p = t.weights[i] + static_cast<size_t>(k / kColumns) * Element::kBytes;
        prefetch(p, Element::kBytes);
        Column columns[kColumns];
        Element::load(p, columns);
        for (int c = 0; c < kColumns && k + c < n_in; ++c)
          for (int r = 0; r < kRows; ++r) {
            const __m256 x = _mm256_broadcast_ss(reinterpret_cast<const float*>(t.acts[r]) + k + c);
            for (int h = 0; h < kHalves; ++h)
              acc[i][h][r] = _mm256_fmadd_ps(columns[c].half[h], x, acc[i][h][r]);
          }
      }
    store(t, acc);
  }
};

/// acc[r] += panel times n columns of row r.
template <int kRows>
inline void multiply_float_panel(const float (*panel)[kTileRows], int64_t n,
                                 const std::byte* first_row, size_t stride,
                                 float (*acc)[kTileRows]) {
  __m256 sum[kRows][kHalves];
  for (int r = 0; r < kRows; ++r)
    for (int h = 0; h < kHalves; ++h) sum[r][h] = _mm256_load_ps(acc[r] + 8 * h);
  for (int64_t k = 0; k < n; ++k) {
    const __m256 w[kHalves] = {_mm256_load_ps(panel[k]), _mm256_load_ps(panel[k] + 8)};
    for (int r = 0; r < kRows; ++r) {
      const auto* row = reinterpret_cast<const float*>(first_row + static_cast<size_t>(r) * stride);
      const __m256 x = _mm256_broadcast_ss(row + k);
      for (int h = 0; h < kHalves; ++h) sum[r][h] = _mm256_fmadd_ps(w[h], x, sum[r][h]);
    }
  }
  for (int r = 0; r < kRows; ++r)
    for (int h = 0; h < kHalves; ++h) _mm256_store_ps(acc[r] + 8 * h, sum[r][h]);
}

template <class Element>
struct FloatGemm {
  static void multiply_tiles(const LinearArgs& a, int64_t tile, int64_t, int64_t row,
                             int64_t n_rows) {
    auto& scratch = *reinterpret_cast<FloatGemmScratch*>(a.scratch);
    const std::byte* weights = a.weights + static_cast<size_t>(tile) * Element::tile_bytes(a.n_in);
    for (int64_t r = 0; r < n_rows; ++r)
      for (int h = 0; h < kHalves; ++h)
        _mm256_store_ps(scratch.acc[r] + 8 * h, _mm256_setzero_ps());
    for (int64_t first = 0; first < a.n_in; first += kFloatPanelColumns) {
      const int64_t n = a.n_in - first < kFloatPanelColumns ? a.n_in - first : kFloatPanelColumns;
      unpack(weights + static_cast<size_t>(first / Element::kColumns) * Element::kBytes, n,
             scratch.panel);
      const std::byte* acts = a.acts + static_cast<size_t>(row) * a.acts_stride + 4 * first;
      for_row_groups<6>(n_rows, [&]<int kRows>(int64_t r) {
        multiply_float_panel<kRows>(scratch.panel, n, acts + static_cast<size_t>(r) * a.acts_stride,
                                    a.acts_stride, scratch.acc + r);
      });
    }
    const int64_t column = tile * kTileRows, left = a.col_end - column;
    for (int64_t r = 0; r < n_rows; ++r)
      store_outputs(a.out + (row + r) * a.out_stride + column, _mm256_load_ps(scratch.acc[r]),
                    _mm256_load_ps(scratch.acc[r] + 8), left < kTileRows ? left : kTileRows);
  }

  static void unpack(const std::byte* p, int64_t n, float (*panel)[kTileRows]) {
    for (int64_t k = 0; k < n; k += Element::kColumns, p += Element::kBytes) {
      Column columns[Element::kColumns];
      Element::load(p, columns);
      for (int c = 0; c < Element::kColumns; ++c)  // the panel has an even number of columns
        for (int h = 0; h < kHalves; ++h) _mm256_store_ps(panel[k + c] + 8 * h, columns[c].half[h]);
    }
  }
};

template <class Element>
void run_float_flat(const LinearArgs& args) noexcept {
  walk_few_rows<FloatFlat<Element>>(args);
}
template <class Element>
void run_float_gemm(const LinearArgs& args) noexcept {
  walk_many_rows<FloatGemm<Element>, 1>(args, kGemmRows);
}

template <class Element>
LinearRuns float_runs() {
  return {run_float_flat<Element>, run_float_gemm<Element>};
}

}  // namespace
}  // namespace caracal::avx2
