/// The inner loops of GEMM over unpacked panels. Per group of 32 columns, activation row and eight
/// weight rows, four-bit codes take 8 products, 8 additions and 4 more instructions for 256
/// multiply-adds.
#include "weights/block_gemm_avx2.h"

#include <initializer_list>

namespace caracal::avx2 {
namespace {

inline __m256i load_quad(const uint8_t (&quad)[kPanelOutputs][4], int h) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(quad[8 * h]));
}
inline __m256i load_pair(const int16_t (&pairs)[kPanelOutputs][2], int h) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(pairs[8 * h]));
}

/// The float step of a group that needs no more than one integer scale.
inline void add_to(float* to, __m256i isum, __m256 scale, __m256 act_scale) {
  _mm256_store_ps(to, add_product(_mm256_load_ps(to), isum, scale, act_scale));
}

/// kRows activation rows of a panel of words, widened once for all outputs.
template <int kRows>
class WordRows {
 public:
  WordRows(const PanelActs& acts, int64_t row, int n_groups) {
    for (int r = 0; r < kRows; ++r) {
      const std::byte* from = acts.first_row + static_cast<size_t>(row + r) * acts.stride;
      for (int i = 0; i < 2 * n_groups; ++i) {
        const std::byte* codes = from + acts.codes + 16 * i;
        _mm256_store_si256(
            reinterpret_cast<__m256i*>(words_[r] + 16 * i),
            _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(codes))));
      }
      scales_[r] = reinterpret_cast<const float*>(from + acts.scales);
    }
  }

  /// Adds group g of the panel for kSlices vectors of eight outputs.
  template <int kSlices>
  void add_group(const GemmPanel& panel, int g, int slice, float (*acc)[kPanelOutputs]) const {
    __m256i isum[kSlices][kRows];
    for (auto& sums : isum)
      for (__m256i& sum : sums) sum = _mm256_setzero_si256();
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) {
      __m256i a[kRows];
      for (int r = 0; r < kRows; ++r)
        a[r] = broadcast_codes(reinterpret_cast<const std::byte*>(words_[r] + 32 * g + 2 * i));
      for (int s = 0; s < kSlices; ++s) {
        __m256i w = load_pair(panel.words[g][i], slice + s);
        keep_in_order(w);  // or GCC 12 loads it for each row
        for (int r = 0; r < kRows; ++r) {
          isum[s][r] = _mm256_add_epi32(isum[s][r], _mm256_madd_epi16(w, a[r]));
          keep_in_order(isum[s][r]);
        }
      }
    }
    for (int s = 0; s < kSlices; ++s)
      for (int r = 0; r < kRows; ++r)
        add_to(acc[r] + 8 * (slice + s), isum[s][r],
               _mm256_load_ps(panel.scale[g] + 8 * (slice + s)),
               _mm256_broadcast_ss(scales_[r] + g));
  }

 private:
  alignas(32) int16_t words_[kRows][32 * kPanelGroups];
  const float* scales_[kRows];
};

/// A register tile: kRows activation rows times kSlices vectors of eight outputs.
template <PanelKind kKind, int kSlices, int kRows>
class PanelTile {
 public:
  PanelTile(const GemmPanel& panel, int offset, const PanelActs& acts, int64_t row, int slice)
      : panel_(panel), offset_(offset), acts_(acts), slice_(slice) {
    for (int r = 0; r < kRows; ++r)
      rows_[r] = acts.first_row + static_cast<size_t>(row + r) * acts.stride;
  }

  void add_group(size_t g, float (*acc)[kPanelOutputs]) const {
    Sums isum;
    dot(g, isum);
    __m256 act_scale[kRows], scaled_sum[kRows];
    for (int r = 0; r < kRows; ++r) {
      act_scale[r] = broadcast(r, acts_.scales + 4 * g);
      scaled_sum[r] = broadcast(r, acts_.scaled_sums + 4 * g);
    }
    for (int s = 0; s < kSlices; ++s) {
      const int slice = slice_ + s;
      const __m256 scale = _mm256_load_ps(panel_.scale[g] + 8 * slice);
      const __m256 min = _mm256_load_ps(panel_.min[g] + 8 * slice);
      for (int r = 0; r < kRows; ++r) {
        float* to = acc[r] + 8 * slice;
        __m256 sum = add_product(_mm256_load_ps(to), isum[s][r], scale, act_scale[r]);
        if constexpr (kKind.has_min && kKind.fine) {
          const __m256i mins = load_pair(panel_.min_pair[g], slice);
          sum = add_product(sum, _mm256_madd_epi16(mins, half_sums(r, g)), min, act_scale[r]);
        } else if constexpr (kKind.has_min) {
          sum = _mm256_fmadd_ps(min, scaled_sum[r], sum);
        }
        _mm256_store_ps(to, sum);
      }
    }
  }

 private:
  using Sums = __m256i[kSlices][kRows];

  __m256i half_sums(int r, size_t g) const {
    return broadcast_codes(rows_[r] + (acts_.half_sums + 4 * g));
  }
  __m256 broadcast(int r, size_t at) const {
    return _mm256_broadcast_ss(reinterpret_cast<const float*>(rows_[r] + at));
  }

  /// Integer products of a group, offsets taken in.
  void dot(size_t g, Sums& isum) const {
    if constexpr (kKind.fine)
      dot_fine(g, isum);
    else
      dot_narrow(g, isum);
  }

  void dot_narrow(size_t g, Sums& isum) const {
    constexpr int kLines = kKind.lines_per_sum;
    const __m256i one = _mm256_set1_epi16(1);
    Sums pairs;
    start(g, pairs);
    add_lines<kLines>(panel_.codes[g], g, 0, pairs);
    for (int s = 0; s < kSlices; ++s)
      for (int r = 0; r < kRows; ++r) isum[s][r] = _mm256_madd_epi16(pairs[s][r], one);
    for (int first = kLines; first < 8; first += kLines) {
      clear(pairs);
      add_lines<kLines>(panel_.codes[g], g, first, pairs);
      for (int s = 0; s < kSlices; ++s)
        for (int r = 0; r < kRows; ++r)
          isum[s][r] = _mm256_add_epi32(isum[s][r], _mm256_madd_epi16(pairs[s][r], one));
    }
  }

  /// Columns 0..15 and 16..31 have integer scales of their own.
  void dot_fine(size_t g, Sums& isum) const {
    constexpr int kLines = kKind.lines_per_sum > 4 ? 4 : kKind.lines_per_sum;
    for (int s = 0; s < kSlices; ++s) {
      const __m256i excess = _mm256_mullo_epi16(load_pair(panel_.scale_pair[g], slice_ + s),
                                                _mm256_set1_epi16(static_cast<int16_t>(-offset_)));
      for (int r = 0; r < kRows; ++r)
        isum[s][r] =
            kKind.has_min ? _mm256_setzero_si256() : _mm256_madd_epi16(excess, half_sums(r, g));
    }
#pragma GCC unroll 4
    for (int first = 0; first < 8; first += kLines) {
      Sums pairs;
      clear(pairs);
      add_lines<kLines>(panel_.codes[g], g, first, pairs);
      for (int s = 0; s < kSlices; ++s) {
        const __m256i both = load_pair(panel_.scale_pair[g], slice_ + s);
        const __m256i factor = first < 4 ? repeat_low(both) : repeat_high(both);
        for (int r = 0; r < kRows; ++r)
          isum[s][r] = _mm256_add_epi32(isum[s][r], _mm256_madd_epi16(pairs[s][r], factor));
      }
    }
  }

  static void clear(Sums& pairs) {
    for (auto& slice : pairs)
      for (__m256i& sum : slice) sum = _mm256_setzero_si256();
  }

  /// The sums of 16 bits that make unsigned products those of code - offset.
  void start(size_t g, Sums& pairs) const {
    if constexpr (kKind.has_min) return clear(pairs);  // such formats have no offset
    const __m256i factor = _mm256_set1_epi16(static_cast<int16_t>(-offset_));
    for (int r = 0; r < kRows; ++r) {
      const __m256i lanes = broadcast_codes(rows_[r] + (acts_.lane_sums + 4 * g));
      const __m256i excess = _mm256_mullo_epi16(lanes, factor);
      for (int s = 0; s < kSlices; ++s) pairs[s][r] = excess;
    }
  }

  /// Adds the products of kLines lines, from line `first` on.
  template <int kLines>
  void add_lines(const uint8_t (&lines)[8][kPanelOutputs][4], size_t g, int first,
                 Sums& pairs) const {
    const size_t at = acts_.codes + 32 * g;
#pragma GCC unroll 8
    for (int q = 0; q < kLines; ++q) {
      __m256i a[kRows];
      for (int r = 0; r < kRows; ++r)
        a[r] = broadcast_codes(rows_[r] + at + 4 * static_cast<size_t>(first + q));
      for (int s = 0; s < kSlices; ++s) {
        __m256i w = load_quad(lines[first + q], slice_ + s);
        keep_in_order(w);  // or GCC 12 loads it for each row
        for (int r = 0; r < kRows; ++r) {
          pairs[s][r] = _mm256_add_epi16(pairs[s][r], _mm256_maddubs_epi16(w, a[r]));
          keep_in_order(pairs[s][r]);
        }
      }
    }
  }

  const GemmPanel& panel_;
  const int offset_;
  const PanelActs acts_;
  const int slice_;
  const std::byte* rows_[kRows];
};

/// A row's part of a panel is too short for the hardware to see a stream in it.
template <int kRows>
inline void prefetch_rows(const PanelActs& acts, int64_t row, int n_groups) {
  for (int r = 0; r < kRows; ++r) {
    const std::byte* p = acts.first_row + static_cast<size_t>(row + r) * acts.stride;
    for (int g = 0; g < n_groups; g += 2)
      _mm_prefetch(reinterpret_cast<const char*>(p) + acts.codes + 32 * g, _MM_HINT_T0);
    for (size_t at : {acts.scales, acts.half_sums, acts.lane_sums, acts.scaled_sums})
      _mm_prefetch(reinterpret_cast<const char*>(p) + at, _MM_HINT_T0);
  }
}

template <PanelKind kKind>
void multiply_panel(const GemmPanel& panel, int n_groups, int offset, const PanelActs& acts,
                    float (*acc)[kPanelOutputs]) noexcept {
  constexpr int kAll = kPanelOutputs / 8;
  if constexpr (kKind.lines_per_sum == 0) {
    for_row_groups<4>(acts.n_rows, [&]<int kRows>(int64_t r) {
      prefetch_rows<kRows>(acts, r + kRows, n_groups);
      const WordRows<kRows> rows(acts, r, n_groups);
      for (int slice = 0; slice < kAll; slice += 2)
        for (int g = 0; g < n_groups; ++g) rows.template add_group<2>(panel, g, slice, acc + r);
    });
  } else {
    // All slices of a panel share the activations, unless sums of 16 bits have to be widened so
    // often that those of 32 bits want registers too.
    constexpr int kSlices = kKind.lines_per_sum == 2 ? 2 : kAll;
    for_row_groups<2>(acts.n_rows, [&]<int kRows>(int64_t r) {
      prefetch_rows<kRows>(acts, r + kRows, n_groups);
      for (int slice = 0; slice < kAll; slice += kSlices) {
        const PanelTile<kKind, kSlices, kRows> tile(panel, offset, acts, r, slice);
        for (size_t g = 0; g < static_cast<size_t>(n_groups); ++g) tile.add_group(g, acc + r);
      }
    });
  }
}

struct Row {
  PanelKind kind;
  PanelMultiply multiply;
};

template <PanelKind kKind>
constexpr Row row() {
  return {kKind, multiply_panel<kKind>};
}

constexpr Row kRows[] = {
    row<PanelKind{8, false, false}>(),  // Q4_0, ternary
    row<PanelKind{8, false, true}>(),   // Q4_1, Q4_K
    row<PanelKind{4, false, false}>(),  // Q5_0, MXFP4
    row<PanelKind{4, false, true}>(),   // Q5_1, Q5_K
    row<PanelKind{0, false, false}>(),  // Q8_0, IQ4
    row<PanelKind{8, true, true}>(),    // Q2_K
    row<PanelKind{8, true, false}>(),   // Q3_K
    row<PanelKind{2, true, false}>(),   // Q6_K
};

}  // namespace

PanelMultiply find_panel_multiply(PanelKind kind) noexcept {
  for (const Row& r : kRows)
    if (r.kind == kind) return r.multiply;
  return nullptr;
}

}  // namespace caracal::avx2
