#pragma once
/// The order in which AVX2 kernels visit tiles of 8 outputs. For *_avx2.cc files only: everything
/// has internal linkage, so that no copy compiled for AVX2 can serve other code.
#include <immintrin.h>

#include "weights/linear_args.h"
#include "weights/tile8.h"

namespace caracal::avx2 {
namespace {

/// Rows taken together while walking all tiles: their activations stay in the second-level cache.
constexpr int64_t kRowBlock = 64;

/// Bytes ahead of use to prefetch when one row makes memory the limit.
constexpr int kPrefetchBytes = 1024;

/// Weights and activations of one register tile: kTiles tiles of 8 outputs times kRows rows.
template <int kTiles, int kRows>
struct RegisterTile {
  const std::byte* weights[kTiles];
  const std::byte* acts[kRows];
  float* out[kTiles][kRows];
  int64_t width[kTiles];  ///< outputs to write, 8 but for the last tile
};

template <int kTiles, int kRows>
inline RegisterTile<kTiles, kRows> register_tile(const LinearArgs& a, size_t tile_bytes,
                                                 const int64_t (&tiles)[kTiles], int64_t row) {
  RegisterTile<kTiles, kRows> t;
  for (int r = 0; r < kRows; ++r) t.acts[r] = a.acts + static_cast<size_t>(row + r) * a.acts_stride;
  for (int i = 0; i < kTiles; ++i) {
    const int64_t column = tiles[i] * kTileRows;
    const int64_t left = a.col_end - column;
    t.weights[i] = a.weights + static_cast<size_t>(tiles[i]) * tile_bytes;
    t.width[i] = left < kTileRows ? left : kTileRows;
    for (int r = 0; r < kRows; ++r) t.out[i][r] = a.out + (row + r) * a.out_stride + column;
  }
  return t;
}

/// Stores lanes [0, width) of the accumulators.
template <int kTiles, int kRows>
inline void store(const RegisterTile<kTiles, kRows>& t, const __m256 (&acc)[kTiles][kRows]) {
  for (int i = 0; i < kTiles; ++i) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(t.width[i])), lanes);
    for (int r = 0; r < kRows; ++r)
      if (t.width[i] == kTileRows)
        _mm256_storeu_ps(t.out[i][r], acc[i][r]);
      else
        _mm256_maskstore_ps(t.out[i][r], mask, acc[i][r]);
  }
}

/// One row: four parts of the range are walked together, so that memory has four streams to fetch.
template <class Kernel>
inline void walk_one_row(const LinearArgs& a, int64_t first, int64_t end, int64_t row) {
  const size_t bytes = Kernel::tile_bytes(a.n_in);
  const int64_t part = (end - first) / 4;
  for (int64_t i = first; i < first + part; ++i)
    Kernel::multiply(a.n_in,
                     register_tile<4, 1>(a, bytes, {i, i + part, i + 2 * part, i + 3 * part}, row));
  for (int64_t i = first + 4 * part; i < end; ++i)
    Kernel::multiply(a.n_in, register_tile<1, 1>(a, bytes, {i}, row));
}

/// kTiles tiles times rows [begin, end), four rows at a time.
template <class Kernel, int kTiles>
inline void walk_rows(const LinearArgs& a, const int64_t (&tiles)[kTiles], int64_t begin,
                      int64_t end) {
  const size_t bytes = Kernel::tile_bytes(a.n_in);
  int64_t row = begin;
  for (; row + 4 <= end; row += 4)
    Kernel::multiply(a.n_in, register_tile<kTiles, 4>(a, bytes, tiles, row));
  if (end - row == 3) Kernel::multiply(a.n_in, register_tile<kTiles, 3>(a, bytes, tiles, row));
  if (end - row == 2) Kernel::multiply(a.n_in, register_tile<kTiles, 2>(a, bytes, tiles, row));
  if (end - row == 1) Kernel::multiply(a.n_in, register_tile<kTiles, 1>(a, bytes, tiles, row));
}

/// Kernel: tile_bytes(n_in), kTilesPerStep (1 or 2), multiply(n_in, RegisterTile) for each size.
template <class Kernel>
inline void walk_tiles(const LinearArgs& a) {
  const int64_t first = a.col_begin / kTileRows;
  const int64_t end = count_tiles(a.col_end);
  for (int64_t begin = a.row_begin; begin < a.row_end; begin += kRowBlock) {
    const int64_t stop = begin + kRowBlock < a.row_end ? begin + kRowBlock : a.row_end;
    if (stop - begin == 1) {
      walk_one_row<Kernel>(a, first, end, begin);
      continue;
    }
    int64_t i = first;
    if constexpr (Kernel::kTilesPerStep == 2)
      for (; i + 2 <= end; i += 2) walk_rows<Kernel, 2>(a, {i, i + 1}, begin, stop);
    for (; i < end; ++i) walk_rows<Kernel, 1>(a, {i}, begin, stop);
  }
}

}  // namespace
}  // namespace caracal::avx2
