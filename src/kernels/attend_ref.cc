/// The scalar reference: reads like the formulas, and is the oracle for every other table.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/float16.h"
#include "kernels/kv_blocks_ref.h"
#include "kernels/tables.h"

namespace caracal {
namespace {

// Rows are decoded by load(tile, d, lanes, lane), the value d of one of `lanes` keys side by side;
// a row of its own is a tile of one.

struct RowF32 {
  static float load(const std::byte* tile, int64_t d, int64_t lanes = 1, int64_t lane = 0) {
    float x;
    std::memcpy(&x, tile + (d * lanes + lane) * 4, 4);
    return x;
  }
  static void encode(const float* x, int64_t n, std::byte* row) {
    std::memcpy(row, x, static_cast<size_t>(n) * 4);
  }
};

/// Numbers of 16 bits: to and from float.
template <float (*kLoad)(uint16_t), uint16_t (*kStore)(float)>
struct Row16 {
  static float load(const std::byte* tile, int64_t d, int64_t lanes = 1, int64_t lane = 0) {
    uint16_t bits;
    std::memcpy(&bits, tile + (d * lanes + lane) * 2, 2);
    return kLoad(bits);
  }
  static void encode(const float* x, int64_t n, std::byte* row) {
    for (int64_t i = 0; i < n; ++i) {
      const uint16_t bits = kStore(x[i]);
      std::memcpy(row + i * 2, &bits, 2);
    }
  }
};
using RowF16 = Row16<f16_to_f32, f32_to_f16>;
using RowBf16 = Row16<bf16_to_f32, f32_to_bf16>;

template <class Row>
float load_key(const KeyGroup* groups, int64_t d, int64_t j) {
  const KeyGroup& group = groups[j / kPanelLanes];
  return Row::load(group.tile, d, group.lanes, group.first + j % kPanelLanes);
}

template <class Row>
void load_keys(const KeyGroup* groups, int64_t n_keys, int64_t dim, float* panel,
               const RowsAhead&) {
  for (int64_t d = 0; d < dim; ++d)
    for (int64_t j = 0; j < padded_to(n_keys, kPanelLanes); ++j)
      panel[d * kKeyChunk + j] = load_key<Row>(groups, d, j);
}

template <class Row>
void load_values(const std::byte* const* rows, int64_t begin, int64_t end, int64_t dim,
                 float* panel, const RowsAhead&) {
  const int64_t stride = padded_to(dim, kPanelLanes);
  for (int64_t j = begin; j < end; ++j)
    for (int64_t d = 0; d < stride; ++d)
      panel[j * stride + d] = d < dim ? Row::load(rows[j], d) : 0.0f;
}

template <class Row>
void scores(const float* q, int64_t n_q, const KeyGroup* groups, int64_t n_keys, int64_t dim,
            float* out, const RowsAhead&) {
  for (int64_t i = 0; i < n_q; ++i)
    for (int64_t j = 0; j < padded_to(n_keys, kPanelLanes); ++j) {
      float sum = 0;
      for (int64_t d = 0; d < dim; ++d)
        sum = std::fmaf(q[i * dim + d], load_key<Row>(groups, d, j), sum);
      out[i * kKeyChunk + j] = sum;
    }
}

template <class Row>
void mix(const float* p, int64_t n_q, const std::byte* const* rows, int64_t begin, int64_t end,
         int64_t dim, float* acc, const RowsAhead&) {
  const int64_t stride = padded_to(dim, kPanelLanes);
  for (int64_t i = 0; i < n_q; ++i)
    for (int64_t j = begin; j < end; ++j)
      for (int64_t d = 0; d < dim; ++d)
        acc[i * stride + d] =
            std::fmaf(p[i * kKeyChunk + j], Row::load(rows[j], d), acc[i * stride + d]);
}

void multiply(const PanelProduct& t) {
  for (int64_t i = 0; i < t.n_rows; ++i)
    for (int64_t j = 0; j < t.n_cols; ++j) {
      float sum = t.adds ? t.c[i * t.c_stride + j] : 0.0f;
      for (int64_t k = 0; k < t.n_k; ++k)
        sum = std::fmaf(t.a[i * t.a_stride + k], t.b[k * t.b_stride + j], sum);
      t.c[i * t.c_stride + j] = sum;
    }
}

/// The largest of a row's visible scores and `max`, after the soft cap.
float cap_and_find_max(float* scores, int64_t begin, int64_t end, float cap, float max) {
  for (int64_t j = begin; j < end; ++j) {
    if (cap > 0) scores[j] = cap * std::tanh(scores[j] / cap);
    max = scores[j] > max ? scores[j] : max;
  }
  return max;
}

/// scores = exp(score - offset) where visible, 0 elsewhere; returns the sum, over eight
/// interleaved partial sums that are added pairwise.
float exponentials(float* scores, int64_t begin, int64_t end, int64_t n, float offset) {
  float s[kSumLanes] = {};
  for (int64_t j = 0; j < n; ++j) {
    const bool seen = j >= begin && j < end;
    const float x = scores[j] - offset;
    scores[j] = seen && !(x < -87.0f) ? std::exp(x) : 0.0f;
    s[j % kSumLanes] += scores[j];
  }
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

void online_softmax(const SoftmaxStep& t) {
  const int64_t n = padded_to(t.n_keys, kPanelLanes);
  for (int64_t i = 0; i < t.n_rows; ++i) {
    float* scores = t.scores + i * kKeyChunk;
    const int64_t begin = t.begin[i], end = t.end[i];
    t.keep[i] = 1;
    if (begin >= end) {
      std::fill_n(scores, n, 0.0f);
      continue;
    }
    const float max = cap_and_find_max(scores, begin, end, t.softcap, t.max[i]);
    if (max > t.max[i]) {
      t.keep[i] = std::exp(t.max[i] - max);  // 0 for the first chunk
      t.max[i] = max;
    }
    t.sum[i] = std::fmaf(t.sum[i], t.keep[i], exponentials(scores, begin, end, n, max));
  }
}

void unified_softmax(const SoftmaxStep& t, float phi) {
  const int64_t n = padded_to(t.n_keys, kPanelLanes);
  for (int64_t i = 0; i < t.n_rows; ++i) {
    float* scores = t.scores + i * kKeyChunk;
    t.keep[i] = 1;
    t.max[i] = cap_and_find_max(scores, t.begin[i], t.end[i], t.softcap, t.max[i]);
    t.sum[i] += exponentials(scores, t.begin[i], t.end[i], n, phi);
  }
}

void merge(float* acc, float keep, const float* part, float share, int64_t n) {
  for (int64_t d = 0; d < n; ++d) acc[d] = std::fmaf(acc[d], keep, part[d] * share);
}

template <class Row>
constexpr AttendKernels table(const char* name) {
  return {name, Row::encode, load_keys<Row>, load_values<Row>, scores<Row>, mix<Row>};
}

}  // namespace

const AttendKernels kAttendKernelsRef[] = {
    table<RowF32>("f32 scalar"),   table<RowF16>("f16 scalar"),   table<RowBf16>("bf16 scalar"),
    table<RowQ8_0>("q8_0 scalar"), table<RowQ4_0>("q4_0 scalar"),
};

const AttendLoops kAttendLoopsRef = {"scalar", multiply, online_softmax, unified_softmax, merge};

}  // namespace caracal
