#pragma once
/// The loops of attention, written once over vectors. For instruction-set files only: everything is
/// internal to the file that includes it.
///
/// A Lanes type has V, a vector of kWidth floats; zero, broadcast, load, store, add, sub, mul, div,
/// fma(a, b, c) = a * b + c; max(a, b), which is b where a is not a number; visible(x, first,
/// begin, end, other), which is x in lanes whose index first + lane lies in [begin, end) and other
/// elsewhere; exp, exp_or_zero, 0 below -87; first_lane; max_lanes; kAccumulators
/// and kTileVectors, how many vectors of sums scores and products keep in registers; and Sums,
/// kSumLanes partial sums with zero_sums, add_up(sums, V), which adds a vector's lanes in groups of
/// kSumLanes, and add_lanes, which adds the eight pairwise.
///
/// A Row type decodes kWidth values of a stored row from value d on: load(row, d), and
/// load_part(row, d, n) where only n are left (zero past them). Of keys side by side, whose pieces
/// have kPieceBytes, it decodes kWidth of one dimension: load_keys(pieces, scale), with the scales
/// of key_scale(group, d, j) from key j of a group on, the same for dimensions d to d + 7; pieces
/// start at key_pieces(group, d).
#include <immintrin.h>

#include <limits>

#include "kernels/attend_table.h"

namespace caracal {
namespace {

constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

inline void prefetch_row(const RowsAhead& ahead, int64_t j) {
  if (!ahead.rows) return;
  for (int64_t at = 0; at < ahead.bytes; at += 64)
    _mm_prefetch(reinterpret_cast<const char*>(ahead.rows[j]) + at, _MM_HINT_T0);
}

/// kWidth values from d on, as far as the row goes; a row has dim > d values.
template <class L, class Row>
inline typename L::V load_lanes(const std::byte* row, int64_t d, int64_t dim) {
  return d + L::kWidth <= dim ? Row::load(row, d) : Row::load_part(row, d, dim - d);
}

/// Dimensions that a step over keys takes: they share a block of 32.
constexpr int64_t kKeyStep = 8;

inline int64_t end_of_step(int64_t d, int64_t dim) {
  return d + kKeyStep < dim ? d + kKeyStep : dim;
}

template <class L, class Row>
void load_keys(const KeyGroup* groups, int64_t n_keys, int64_t dim, float* panel,
               const RowsAhead& ahead) {
  constexpr int kVectors = kPanelLanes / L::kWidth;
  for (int64_t j = 0; j < n_keys; j += kPanelLanes) {
    const KeyGroup& group = groups[j / kPanelLanes];
    for (int64_t i = 0; i < kPanelLanes; ++i) prefetch_row(ahead, j + i);
    for (int64_t d = 0; d < dim; d += kKeyStep) {
      const std::byte* pieces = Row::key_pieces(group, d);
      typename Row::Scale scales[kVectors];
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) scales[v] = Row::key_scale(group, d, v * L::kWidth);
      for (int64_t i = d; i < end_of_step(d, dim); ++i, pieces += group.lanes * Row::kPieceBytes)
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v)
          L::store(panel + i * kKeyChunk + j + v * L::kWidth,
                   Row::load_keys(pieces + v * L::kWidth * Row::kPieceBytes, scales[v]));
    }
  }
}

template <class L, class Row>
void load_values(const std::byte* const* rows, int64_t begin, int64_t end, int64_t dim,
                 float* panel, const RowsAhead& ahead) {
  const int64_t stride = padded_to(dim, kPanelLanes);
  for (int64_t j = begin; j < end; ++j) {
    prefetch_row(ahead, j);
    const std::byte* row = rows[j];
    float* to = panel + j * stride;
    int64_t d = 0;
#pragma GCC unroll 4
    for (; d + L::kWidth <= dim; d += L::kWidth) L::store(to + d, Row::load(row, d));
    if (d < dim) L::store(to + d, Row::load_part(row, d, dim - d)), d += L::kWidth;
    for (; d < stride; d += L::kWidth) L::store(to + d, L::zero());
  }
}

/// Scores of kQ queries with the keys of kG groups; a lane is a key.
template <class L, class Row, int kQ, int kG>
void score_groups(const float* q, const KeyGroup* groups, int64_t dim, float* scores,
                  const RowsAhead& ahead) {
  using V = typename L::V;
  constexpr int kVectors = kPanelLanes / L::kWidth, kAll = kG * kVectors;
  V sum[kQ][kAll];
#pragma GCC unroll 8
  for (int i = 0; i < kQ; ++i)
#pragma GCC unroll 8
    for (int v = 0; v < kAll; ++v) sum[i][v] = L::zero();
  int64_t fetched = 0;  // of the rows ahead, in step with the dimensions
  for (int64_t d = 0; d < dim; d += kKeyStep) {
    for (; fetched * dim < (d + kKeyStep) * kG * kPanelLanes && fetched < kG * kPanelLanes;
         ++fetched)
      prefetch_row(ahead, fetched);
    const std::byte* pieces[kG];
    typename Row::Scale scales[kAll];
#pragma GCC unroll 4
    for (int g = 0; g < kG; ++g) {
      pieces[g] = Row::key_pieces(groups[g], d);
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v)
        scales[g * kVectors + v] = Row::key_scale(groups[g], d, v * L::kWidth);
    }
    for (int64_t k = d; k < end_of_step(d, dim); ++k) {
      V key[kAll];
#pragma GCC unroll 4
      for (int g = 0; g < kG; ++g) {
#pragma GCC unroll 2
        for (int v = 0; v < kVectors; ++v)
          key[g * kVectors + v] = Row::load_keys(pieces[g] + v * L::kWidth * Row::kPieceBytes,
                                                 scales[g * kVectors + v]);
        pieces[g] += groups[g].lanes * Row::kPieceBytes;
      }
#pragma GCC unroll 8
      for (int i = 0; i < kQ; ++i) {
        const V query = L::broadcast(q[i * dim + k]);
#pragma GCC unroll 8
        for (int v = 0; v < kAll; ++v) sum[i][v] = L::fma(query, key[v], sum[i][v]);
      }
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kQ; ++i)
#pragma GCC unroll 8
    for (int v = 0; v < kAll; ++v) L::store(scores + i * kKeyChunk + v * L::kWidth, sum[i][v]);
}

/// As many groups at once as there are registers for: their sums are chains that run side by side.
template <class L, class Row, int kQ>
void score_chunk(const float* q, const KeyGroup* groups, int64_t n_keys, int64_t dim, float* scores,
                 const RowsAhead& ahead) {
  constexpr int kFit = L::kAccumulators / (kQ * (kPanelLanes / L::kWidth));
  constexpr int kG = kFit >= 4 ? 4 : kFit >= 2 ? 2 : 1;
  const int64_t n_groups = (n_keys + kPanelLanes - 1) / kPanelLanes;
  int64_t g = 0;
  for (; g + kG <= n_groups; g += kG)
    score_groups<L, Row, kQ, kG>(q, groups + g, dim, scores + g * kPanelLanes,
                                 ahead.from(g * kPanelLanes));
  for (; g < n_groups; ++g)
    score_groups<L, Row, kQ, 1>(q, groups + g, dim, scores + g * kPanelLanes,
                                ahead.from(g * kPanelLanes));
}

template <class L, class Row>
void scores(const float* q, int64_t n_q, const KeyGroup* groups, int64_t n_keys, int64_t dim,
            float* out, const RowsAhead& ahead) {
  constexpr decltype(&score_chunk<L, Row, 1>) kByQueries[kMaxDirectQueries] = {
      score_chunk<L, Row, 1>, score_chunk<L, Row, 2>, score_chunk<L, Row, 3>,
      score_chunk<L, Row, 4>};
  kByQueries[n_q - 1](q, groups, n_keys, dim, out, ahead);
}

struct MixArgs {
  const float* p;
  const std::byte* const* rows;
  int64_t begin, end, dim, stride;
  float* acc;
};

/// Mixes all keys into kV vectors of kQ accumulators, which stay in registers.
template <class L, class Row, int kQ, int kV>
void mix_columns(const MixArgs& t, int64_t column, const RowsAhead& ahead) {
  using V = typename L::V;
  V sum[kQ][kV];
#pragma GCC unroll 8
  for (int i = 0; i < kQ; ++i)
#pragma GCC unroll 8
    for (int c = 0; c < kV; ++c) sum[i][c] = L::load(t.acc + i * t.stride + column + c * L::kWidth);
  for (int64_t j = t.begin; j < t.end; ++j) {
    prefetch_row(ahead, j);
    V value[kV];
#pragma GCC unroll 8
    for (int c = 0; c < kV; ++c)
      value[c] = kV == 1 ? load_lanes<L, Row>(t.rows[j], column, t.dim)
                         : Row::load(t.rows[j], column + c * L::kWidth);
#pragma GCC unroll 8
    for (int i = 0; i < kQ; ++i) {
      const V weight = L::broadcast(t.p[i * kKeyChunk + j]);
#pragma GCC unroll 8
      for (int c = 0; c < kV; ++c) sum[i][c] = L::fma(weight, value[c], sum[i][c]);
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kQ; ++i)
#pragma GCC unroll 8
    for (int c = 0; c < kV; ++c) L::store(t.acc + i * t.stride + column + c * L::kWidth, sum[i][c]);
}

template <class L, class Row, int kQ>
void mix_chunk(const MixArgs& t, const RowsAhead& ahead) {
  constexpr int kV = kQ == 1 ? 8 : kQ == 2 ? 4 : 2;
  int64_t d = 0;
  for (; d + kV * L::kWidth <= t.dim; d += kV * L::kWidth)
    mix_columns<L, Row, kQ, kV>(t, d, d == 0 ? ahead : RowsAhead{});
  for (; d < t.dim; d += L::kWidth) mix_columns<L, Row, kQ, 1>(t, d, d == 0 ? ahead : RowsAhead{});
}

template <class L, class Row>
void mix(const float* p, int64_t n_q, const std::byte* const* rows, int64_t begin, int64_t end,
         int64_t dim, float* acc, const RowsAhead& ahead) {
  constexpr decltype(&mix_chunk<L, Row, 1>) kByQueries[kMaxDirectQueries] = {
      mix_chunk<L, Row, 1>, mix_chunk<L, Row, 2>, mix_chunk<L, Row, 3>, mix_chunk<L, Row, 4>};
  const MixArgs args = {p, rows, begin, end, dim, padded_to(dim, kPanelLanes), acc};
  kByQueries[n_q - 1](args, ahead);
}

/// A register tile: kR rows by kC vectors of the product.
template <class L, int kR, int kC>
void multiply_tile(const PanelProduct& t, int64_t row, int64_t column) {
  using V = typename L::V;
  float* c = t.c + row * t.c_stride + column;
  V sum[kR][kC];
#pragma GCC unroll 8
  for (int i = 0; i < kR; ++i)
#pragma GCC unroll 8
    for (int v = 0; v < kC; ++v)
      sum[i][v] = t.adds ? L::load(c + i * t.c_stride + v * L::kWidth) : L::zero();
  const float* a = t.a + row * t.a_stride;
  const float* b = t.b + column;
  for (int64_t k = 0; k < t.n_k; ++k, b += t.b_stride) {
    V panel[kC];
#pragma GCC unroll 8
    for (int v = 0; v < kC; ++v) panel[v] = L::load(b + v * L::kWidth);
#pragma GCC unroll 8
    for (int i = 0; i < kR; ++i) {
      const V factor = L::broadcast(a[i * t.a_stride + k]);
#pragma GCC unroll 8
      for (int v = 0; v < kC; ++v) sum[i][v] = L::fma(factor, panel[v], sum[i][v]);
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kR; ++i)
#pragma GCC unroll 8
    for (int v = 0; v < kC; ++v) L::store(c + i * t.c_stride + v * L::kWidth, sum[i][v]);
}

/// kR rows: as many columns at once as there are registers for, at most a chunk.
template <class L, int kR>
void multiply_rows(const PanelProduct& t, int64_t row) {
  constexpr int kNarrow = kPanelLanes / L::kWidth;
  constexpr int kFit = L::kTileVectors / (kR * kNarrow);
  constexpr int kWide = (kFit >= 4 ? 4 : kFit >= 2 ? 2 : 1) * kNarrow;
  int64_t column = 0;
  for (; column + kWide * L::kWidth <= t.n_cols; column += kWide * L::kWidth)
    multiply_tile<L, kR, kWide>(t, row, column);
  for (; column < t.n_cols; column += kPanelLanes) multiply_tile<L, kR, kNarrow>(t, row, column);
}

constexpr int64_t kTileRows = 6;

template <class L>
void multiply(const PanelProduct& t) {
  constexpr decltype(&multiply_rows<L, 1>) kByRows[kTileRows] = {
      multiply_rows<L, 1>, multiply_rows<L, 2>, multiply_rows<L, 3>,
      multiply_rows<L, 4>, multiply_rows<L, 5>, multiply_rows<L, 6>};
  for (int64_t row = 0; row < t.n_rows;) {
    const int64_t left = t.n_rows - row;  // two tiles of equal height rather than a full and a flat
    const int64_t height = left >= 2 * kTileRows ? kTileRows
                           : left > kTileRows    ? (left + 1) / 2
                                                 : left;
    kByRows[height - 1](t, row);
    row += height;
  }
}

/// cap * tanh(x / cap) = cap * (1 - 2 / (exp(2x / cap) + 1))
template <class L>
inline typename L::V soft_capped(typename L::V x, float cap) {
  const auto one = L::broadcast(1.0f), two = L::broadcast(2.0f);
  const auto e = L::exp(L::mul(x, L::broadcast(2.0f / cap)));
  return L::mul(L::sub(one, L::div(two, L::add(e, one))), L::broadcast(cap));
}

/// One row of n scores, n a multiple of the width, and the keys that the row sees.
struct ScoreRow {
  float* scores;
  int64_t n;
  int32_t begin, end;
  bool whole() const { return begin <= 0 && end >= n; }
};

/// The largest visible score and `max`, after the soft cap. kWhole: all are visible.
template <class L, bool kWhole>
float cap_and_find_max(const ScoreRow row, float cap, float max) {
  auto largest = L::broadcast(max);
  if (cap > 0)
    for (int64_t j = 0; j < row.n; j += L::kWidth)
      L::store(row.scores + j, soft_capped<L>(L::load(row.scores + j), cap));
#pragma GCC unroll 2
  for (int64_t j = 0; j < row.n; j += L::kWidth) {
    auto x = L::load(row.scores + j);
    if (!kWhole) x = L::visible(x, j, row.begin, row.end, L::broadcast(kMinusInfinity));
    largest = L::max(x, largest);
  }
  return L::max_lanes(largest);
}

/// scores = exp(score - offset) where visible, 0 elsewhere; returns the sum, over kSumLanes
/// interleaved partial sums that are added pairwise.
template <class L, bool kWhole>
float exponentials(const ScoreRow row, float offset) {
  const auto shift = L::broadcast(offset);
  auto sum = L::zero_sums();
#pragma GCC unroll 2
  for (int64_t j = 0; j < row.n; j += L::kWidth) {
    auto e = L::exp_or_zero(L::sub(L::load(row.scores + j), shift));
    if (!kWhole) e = L::visible(e, j, row.begin, row.end, L::zero());
    L::store(row.scores + j, e);
    sum = L::add_up(sum, e);
  }
  return L::add_lanes(sum);
}

template <class L>
float cap_and_find_max(const ScoreRow& row, float cap, float max) {
  return row.whole() ? cap_and_find_max<L, true>(row, cap, max)
                     : cap_and_find_max<L, false>(row, cap, max);
}

template <class L>
float exponentials(const ScoreRow& row, float offset) {
  return row.whole() ? exponentials<L, true>(row, offset) : exponentials<L, false>(row, offset);
}

inline ScoreRow score_row(const SoftmaxStep& t, int64_t i) {
  return {t.scores + i * kKeyChunk, padded_to(t.n_keys, kPanelLanes), t.begin[i], t.end[i]};
}

/// All maxima first, then all exponentials: those of different rows do not wait for each other.
template <class L>
void online_softmax(const SoftmaxStep& t) {
  for (int64_t i = 0; i < t.n_rows; ++i) {
    const ScoreRow row = score_row(t, i);
    t.keep[i] = 1;
    if (row.begin >= row.end) continue;
    const float max = cap_and_find_max<L>(row, t.softcap, t.max[i]);
    if (max > t.max[i]) {
      t.keep[i] = L::first_lane(L::exp_or_zero(L::broadcast(t.max[i] - max)));
      t.max[i] = max;
    }
  }
  for (int64_t i = 0; i < t.n_rows; ++i) {
    const ScoreRow row = score_row(t, i);
    if (row.begin < row.end)
      t.sum[i] = L::fma(t.sum[i], t.keep[i], exponentials<L>(row, t.max[i]));
    else
      for (int64_t j = 0; j < row.n; j += L::kWidth) L::store(row.scores + j, L::zero());
  }
}

template <class L>
void unified_softmax(const SoftmaxStep& t, float phi) {
  for (int64_t i = 0; i < t.n_rows; ++i) {
    t.keep[i] = 1;
    t.max[i] = cap_and_find_max<L>(score_row(t, i), t.softcap, t.max[i]);
  }
  for (int64_t i = 0; i < t.n_rows; ++i) t.sum[i] += exponentials<L>(score_row(t, i), phi);
}

template <class L>
void merge(float* acc, float keep, const float* part, float share, int64_t n) {
  const auto k = L::broadcast(keep), s = L::broadcast(share);
  for (int64_t d = 0; d < n; d += L::kWidth)
    L::store(acc + d, L::fma(L::load(acc + d), k, L::mul(L::load(part + d), s)));
}

template <class L, class Row>
constexpr AttendKernels attend_table(const char* name) {
  return {name, Row::encode, load_keys<L, Row>, load_values<L, Row>, scores<L, Row>, mix<L, Row>};
}

template <class L>
constexpr AttendLoops attend_loops_table(const char* name) {
  return {name, multiply<L>, online_softmax<L>, unified_softmax<L>, merge<L>};
}

}  // namespace
}  // namespace caracal
