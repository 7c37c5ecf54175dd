#pragma once
/// Products of block formats with q8_32 activations. For *_avx2.cc files only.
#include "weights/tile_walk_avx2.h"

namespace caracal::avx2 {
namespace {

inline __m256i load_line(const std::byte* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

/// Eight f16 companions as floats.
inline __m256 load_companion(const std::byte* p) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}

/// Four activation codes in every lane.
inline __m256i broadcast_codes(const std::byte* p) {
  return _mm256_castps_si256(_mm256_broadcast_ss(reinterpret_cast<const float*>(p)));
}

inline void prefetch_lines(const std::byte* p, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 64)
    _mm_prefetch(reinterpret_cast<const char*>(p) + kPrefetchBytes + i, _MM_HINT_T0);
}

/// Hides how v was computed. Otherwise GCC 12 regroups a block's integer sums into a tree with more
/// live values than there are registers.
inline void keep_in_order(__m256i& v) { asm("" : "+x"(v)); }

/// Scale and code sum of one activation group, in every lane (spec/acts.h).
struct Group {
  __m256 scale;
  __m256i sum;
};

inline Group load_group(const std::byte* row, int64_t n_in, int64_t block) {
  const std::byte* scales = row + n_in;
  const std::byte* sums = scales + n_in / kBlockColumns * 4;
  return {_mm256_broadcast_ss(reinterpret_cast<const float*>(scales) + block),
          _mm256_set1_epi32(reinterpret_cast<const int32_t*>(sums)[block])};
}

/// acts[r] is row r's codes of the block; isum[r] = sum of unsigned nibble times activation code
/// for each of eight weight rows. At most 8 products pairs of 2 * 15 * 127 meet in 16 bits: 30480.
template <int kRows>
inline void dot_nibbles(const std::byte* lines, const std::byte* const (&acts)[kRows],
                        __m256i (&isum)[kRows]) {
  const __m256i low_bits = _mm256_set1_epi8(15);
  __m256i pairs[kRows];
  for (int r = 0; r < kRows; ++r) pairs[r] = _mm256_setzero_si256();
#pragma GCC unroll 4
  for (int j = 0; j < 4; ++j) {
    const __m256i w = load_line(lines + 32 * j);
    const __m256i low = _mm256_and_si256(w, low_bits);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(w, 4), low_bits);
    for (int r = 0; r < kRows; ++r) {
      const __m256i a = _mm256_maddubs_epi16(low, broadcast_codes(acts[r] + 4 * j));
      const __m256i b = _mm256_maddubs_epi16(high, broadcast_codes(acts[r] + 16 + 4 * j));
      pairs[r] = _mm256_add_epi16(pairs[r], _mm256_add_epi16(a, b));
      keep_in_order(pairs[r]);
    }
  }
  for (int r = 0; r < kRows; ++r) isum[r] = _mm256_madd_epi16(pairs[r], _mm256_set1_epi16(1));
}

/// Block: kShape; Companions load_companions(p); dot<kRows>(lines, acts, isum); and
/// add(companions, isum, group, acc), the format's float step.
template <class Block>
struct BlockKernel {
  static constexpr int kTilesPerStep = 1;
  static constexpr size_t kBlockBytes = packed_block_bytes(Block::kShape);

  static size_t tile_bytes(int64_t n_in) { return block_tile_bytes(Block::kShape, n_in); }

  template <int kTiles, int kRows>
  static void multiply(int64_t n_in, const RegisterTile<kTiles, kRows>& t) {
    __m256 acc[kTiles][kRows];
    for (int i = 0; i < kTiles; ++i)
      for (int r = 0; r < kRows; ++r) acc[i][r] = _mm256_setzero_ps();
    for (int64_t b = 0; b < n_in / kBlockColumns; ++b) {
      const std::byte* acts[kRows];
      for (int r = 0; r < kRows; ++r) acts[r] = t.acts[r] + b * kBlockColumns;
      for (int i = 0; i < kTiles; ++i) {
        const std::byte* block = t.weights[i] + static_cast<size_t>(b) * kBlockBytes;
        if (kRows == 1) prefetch_lines(block, kBlockBytes);
        __m256i isum[kRows];
        Block::dot(block + companion_bytes(Block::kShape), acts, isum);
        const auto scales = Block::load_companions(block);
        for (int r = 0; r < kRows; ++r)
          acc[i][r] = Block::add(scales, isum[r], load_group(t.acts[r], n_in, b), acc[i][r]);
      }
    }
    store(t, acc);
  }
};

}  // namespace
}  // namespace caracal::avx2
