#pragma once
/// The order in which AVX2 kernels visit tiles of 16 outputs. For *_avx2.cc files only: everything
/// has internal linkage, so that no copy compiled for AVX2 can serve other code.
#include <immintrin.h>

#include "weights/linear_args.h"
#include "weights/tile16.h"

namespace caracal::avx2 {
namespace {

/// Bytes ahead of use to prefetch when few rows make memory the limit.
constexpr int kPrefetchBytes = 1024;

/// Two vectors of eight weight rows are a tile.
constexpr int kHalves = 2;

inline __m256i load_line(const void* p) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(p));
}

inline void prefetch(const std::byte* p, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 64)
    _mm_prefetch(reinterpret_cast<const char*>(p) + kPrefetchBytes + i, _MM_HINT_T0);
}

/// Hides how v was computed. Otherwise GCC 12 regroups a block's integer sums into a tree with more
/// live values than there are registers.
inline void keep_in_order(__m256i& v) { asm("" : "+x"(v)); }

/// Weights and activations of one register tile: kTiles tiles of 16 outputs times kRows rows.
template <int kTiles, int kRows>
struct RegisterTile {
  const std::byte* weights[kTiles];
  const std::byte* acts[kRows];
  float* out[kTiles][kRows];
  int64_t width[kTiles];  ///< outputs to write, 16 but for the last tile
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

/// Stores the first n of 16 values.
inline void store_outputs(float* out, __m256 first, __m256 second, int64_t n) {
  if (n == kTileRows) {
    _mm256_storeu_ps(out, first);
    _mm256_storeu_ps(out + 8, second);
    return;
  }
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256i left = _mm256_set1_epi32(static_cast<int>(n));
  _mm256_maskstore_ps(out, _mm256_cmpgt_epi32(left, lanes), first);
  _mm256_maskstore_ps(
      out + 8, _mm256_cmpgt_epi32(_mm256_sub_epi32(left, _mm256_set1_epi32(8)), lanes), second);
}

template <int kTiles, int kRows>
inline void store(const RegisterTile<kTiles, kRows>& t,
                  const __m256 (&acc)[kTiles][kHalves][kRows]) {
  for (int i = 0; i < kTiles; ++i)
    for (int r = 0; r < kRows; ++r)
      store_outputs(t.out[i][r], acc[i][0][r], acc[i][1][r], t.width[i]);
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

/// Few rows, one tile after the other, up to four rows at a time.
/// Kernel: tile_bytes(n_in), multiply(n_in, RegisterTile) for each size.
template <class Kernel>
inline void walk_few_rows(const LinearArgs& a) {
  const int64_t first = a.col_begin / kTileRows, end = count_tiles(a.col_end);
  if (a.row_end - a.row_begin == 1) return walk_one_row<Kernel>(a, first, end, a.row_begin);
  const size_t bytes = Kernel::tile_bytes(a.n_in);
  for (int64_t i = first; i < end; ++i)
    for (int64_t r = a.row_begin; r < a.row_end; r += 4) {
      if (a.row_end - r >= 4) Kernel::multiply(a.n_in, register_tile<1, 4>(a, bytes, {i}, r));
      if (a.row_end - r == 3) Kernel::multiply(a.n_in, register_tile<1, 3>(a, bytes, {i}, r));
      if (a.row_end - r == 2) Kernel::multiply(a.n_in, register_tile<1, 2>(a, bytes, {i}, r));
      if (a.row_end - r == 1) Kernel::multiply(a.n_in, register_tile<1, 1>(a, bytes, {i}, r));
    }
}

/// Calls multiply.template operator()<n>(first row) for groups of kLargest rows, then for the rest.
template <int kLargest, class Multiply>
inline void for_row_groups(int64_t n_rows, Multiply multiply) {
  int64_t r = 0;
  for (; r + kLargest <= n_rows; r += kLargest) multiply.template operator()<kLargest>(r);
  if constexpr (kLargest > 1)
    if (r < n_rows)
      for_row_groups<kLargest / 2>(
          n_rows - r, [&]<int kRows>(int64_t at) { multiply.template operator()<kRows>(r + at); });
}

/// Many rows: Kernel::multiply_tiles(args, first tile, n tiles <= kTiles, first row, n rows <=
/// most_rows) for all of them.
template <class Kernel, int64_t kTiles>
inline void walk_many_rows(const LinearArgs& a, int64_t most_rows) {
  const int64_t end = count_tiles(a.col_end);
  for (int64_t r = a.row_begin; r < a.row_end; r += most_rows)
    for (int64_t i = a.col_begin / kTileRows; i < end; i += kTiles)
      Kernel::multiply_tiles(a, i, end - i < kTiles ? end - i : kTiles, r,
                             a.row_end - r < most_rows ? a.row_end - r : most_rows);
}

}  // namespace
}  // namespace caracal::avx2
