#pragma once
/// GEMM of block formats: two tiles at a time are unpacked into a GemmPanel once for up to
/// kGemmRows activation rows. For *_avx2.cc files only; the inner loops are in block_gemm_avx2.cc,
/// for all formats.
#include <cstring>

#include "weights/block_codes_avx2.h"
#include "weights/gemm_panel.h"

namespace caracal::avx2 {

/// What tells the inner loops apart.
struct PanelKind {
  int lines_per_sum;  ///< of 16-bit sums; 0: products are made of 16-bit words
  bool fine;          ///< a scale per 16 columns
  bool has_min;
  friend constexpr bool operator==(PanelKind, PanelKind) = default;
};

/// Activation rows of a panel: where its first group's codes begin, and group 0's companions.
struct PanelActs {
  const std::byte* first_row;
  size_t stride;
  size_t codes, scales, half_sums, lane_sums, scaled_sums;  ///< offsets of the panel's first group
  int64_t n_rows;
};

/// acc[r] += panel times row r, groups in ascending order.
using PanelMultiply = void (*)(const GemmPanel& panel, int n_groups, int offset,
                               const PanelActs& acts, float (*acc)[kPanelOutputs]) noexcept;
/// The inner loop for a kind; no template, so that no object file brings one that others share.
PanelMultiply find_panel_multiply(PanelKind kind) noexcept;

namespace {

template <class Block>
struct GemmKernel {
  static constexpr TileShape kShape = Block::kShape;
  static constexpr bool kFine = kShape.scale_columns == 16;
  static constexpr PanelKind kKind = {lines_per_sum<Block>(), kFine, kShape.has_min};

  /// Signed bytes kByte and kByte + 1 of every row as two words.
  template <int kByte>
  static void store_words(__m256i bytes, int16_t* to) {
    const int upper = kByte << 8 | (kByte + 1) << 24 | 0x00800080;  // each to the top of its word
    const __m256i rows = _mm256_setr_epi32(0, 0x04040404, 0x08080808, 0x0c0c0c0c, 0, 0x04040404,
                                           0x08080808, 0x0c0c0c0c);
    const __m256i words =
        _mm256_shuffle_epi8(bytes, _mm256_or_si256(_mm256_set1_epi32(upper), rows));
    _mm256_store_si256(reinterpret_cast<__m256i*>(to), _mm256_srai_epi16(words, 8));
  }

  template <int kQuad>
  static void unpack_quad(const std::byte* lines, int g, int64_t column, GemmPanel& panel) {
    for (int h = 0; h < kHalves; ++h) {
      const __m256i values = Block::template values<kQuad>(lines + 32 * h);
      const int64_t at = column + 8 * h;
      if constexpr (kKind.lines_per_sum == 0) {
        const __m256i centred = _mm256_xor_si256(values, _mm256_set1_epi8(-128));
        store_words<0>(centred, panel.words[g][2 * kQuad][at]);
        store_words<2>(centred, panel.words[g][2 * kQuad + 1][at]);
      } else {
        _mm256_store_si256(reinterpret_cast<__m256i*>(panel.codes[g][kQuad][at]), values);
      }
    }
  }

  static void unpack_scales(const std::byte* strip, int g, int h, int to, int64_t column,
                            GemmPanel& panel) {
    const std::byte* step = strip + step_offset(kShape, g);
    const std::byte* scales = strip + scale_offset(kShape, g);
    const std::byte* min_step = strip + min_step_offset(kShape, g);
    const std::byte* mins = strip + min_offset(kShape, g);
    float* scale = panel.scale[to] + column;
    float* min = panel.min[to] + column;
    if constexpr (kFine) {
      _mm256_store_ps(scale, load_steps<kShape>(step + 16 * h));
      _mm256_store_si256(reinterpret_cast<__m256i*>(panel.scale_pair[to][column]),
                         load_scale_pair(scales, h));
      if constexpr (kShape.has_min) {
        _mm256_store_ps(min, negate(load_steps<kShape>(min_step + 16 * h)));
        _mm256_store_si256(reinterpret_cast<__m256i*>(panel.min_pair[to][column]),
                           load_scale_pair(mins, h));
      }
    } else {
      _mm256_store_ps(scale, load_weight_scale<kShape>(step, scales, h));
      if constexpr (kShape.has_min)
        _mm256_store_ps(min, negate(load_weight_scale<kShape>(min_step, mins, h)));
    }
  }

  /// Group `index` of the tile becomes group `to` of the panel, from output `column` on.
  static void unpack_group(const std::byte* tile, int64_t index, int to, int64_t column,
                           GemmPanel& panel) {
    constexpr int kGroups = strip_groups(kShape);
    const std::byte* strip = tile + static_cast<size_t>(index / kGroups) * strip_bytes(kShape);
    const int g = static_cast<int>(index % kGroups);
    const std::byte* lines =
        strip + header_bytes(kShape) + static_cast<size_t>(g) * group_bytes(kShape);
    unpack_quad<0>(lines, to, column, panel);
    unpack_quad<1>(lines, to, column, panel);
    unpack_quad<2>(lines, to, column, panel);
    unpack_quad<3>(lines, to, column, panel);
    unpack_quad<4>(lines, to, column, panel);
    unpack_quad<5>(lines, to, column, panel);
    unpack_quad<6>(lines, to, column, panel);
    unpack_quad<7>(lines, to, column, panel);
    for (int h = 0; h < kHalves; ++h) unpack_scales(strip, g, h, to, column + 8 * h, panel);
  }

  /// Tiles [tile, tile + n_tiles), one or two, times rows [row, row + n_rows).
  static void multiply_tiles(const LinearArgs& a, int64_t tile, int64_t n_tiles, int64_t row,
                             int64_t n_rows) {
    auto& scratch = *reinterpret_cast<GemmScratch*>(a.scratch);
    const size_t tile_bytes = block_tile_bytes(kShape, a.n_in);
    const std::byte* weights = a.weights + static_cast<size_t>(tile) * tile_bytes;
    std::memset(scratch.acc, 0, static_cast<size_t>(n_rows) * sizeof(scratch.acc[0]));
    const PanelMultiply multiply = find_panel_multiply(kKind);
    const ActLayout layout(a.n_in);
    const auto n_groups = static_cast<int>(a.n_in / kGroupColumns);
    for (int first = 0; first < n_groups; first += kPanelGroups) {
      const int n = n_groups - first < kPanelGroups ? n_groups - first : kPanelGroups;
      for (int64_t t = 0; t < n_tiles; ++t)
        for (int g = 0; g < n; ++g)
          unpack_group(weights + static_cast<size_t>(t) * tile_bytes, first + g, g, t * kTileRows,
                       scratch.panel);
      const auto at = static_cast<size_t>(first);
      multiply(scratch.panel, n, Block::kOffset,
               {.first_row = a.acts + static_cast<size_t>(row) * a.acts_stride,
                .stride = a.acts_stride,
                .codes = at * kGroupColumns,
                .scales = layout.scales + 4 * at,
                .half_sums = layout.half_sums + 4 * at,
                .lane_sums = layout.lane_sums + 4 * at,
                .scaled_sums = layout.scaled_sums + 4 * at,
                .n_rows = n_rows},
               scratch.acc);
    }
    for (int64_t t = 0; t < n_tiles; ++t) {
      const int64_t column = (tile + t) * kTileRows, left = a.col_end - column;
      for (int64_t r = 0; r < n_rows; ++r) {
        const float* sum = scratch.acc[r] + t * kTileRows;
        store_outputs(a.out + (row + r) * a.out_stride + column, _mm256_load_ps(sum),
                      _mm256_load_ps(sum + 8), left < kTileRows ? left : kTileRows);
      }
    }
  }
};

}  // namespace
}  // namespace caracal::avx2
