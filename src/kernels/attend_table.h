#pragma once
/// Plain data: instruction-set files include it.
#include <cstddef>
#include <cstdint>

namespace caracal {

/// Keys that attention takes at once.
inline constexpr int32_t kKeyChunk = 64;

/// Value panels and accumulators have rows of a multiple of this many floats; keys come in groups
/// of it.
inline constexpr int32_t kPanelLanes = 16;
inline constexpr int32_t kKeyGroups = kKeyChunk / kPanelLanes;

/// Query rows that read keys and values in their stored form; more are worth a panel.
inline constexpr int32_t kMaxDirectQueries = 4;

constexpr int64_t padded_to(int64_t n, int64_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

/// kPanelLanes neighbours of a tile of keys that lie side by side: first dimension 0 of all keys,
/// then dimension 1, and so on; for q8_0 and q4_0 in every block of 32 dimensions first the scales,
/// then the code bytes of a row one after the other, each of all keys. A lane is a key, so that a
/// score needs no sum over lanes.
struct KeyGroup {
  const std::byte* tile = nullptr;
  int32_t lanes = 0;  ///< keys of the tile
  int32_t first = 0;  ///< of the group
};

/// Memory that will be read soon: a loop prefetches one of them for each row that it reads.
struct RowsAhead {
  const std::byte* const* rows = nullptr;  ///< [kKeyChunk]; nullptr: none
  int64_t bytes = 0;                       ///< from each pointer on
  RowsAhead from(int64_t j) const { return {rows ? rows + j : nullptr, bytes}; }
};

/// Attention over rows kept in one KvType. A score is sum over d of q[d] * k[d] with one
/// accumulator, d ascending, each step fused; an output adds p[j] * v_j[d], j ascending, likewise.
/// So neither the number of queries or keys of a call nor the way through panels changes a bit.
struct AttendKernels {
  const char* name;

  /// Stores n floats as one row.
  void (*encode)(const float* x, int64_t n, std::byte* row);

  /// panel[d * kKeyChunk + j] = value d of key j, for d < dim and j < n_keys rounded up to
  /// kPanelLanes. groups: [kKeyGroups], as far as n_keys goes; lanes without a key may hold
  /// anything, and what is computed for them is ignored.
  void (*load_keys)(const KeyGroup* groups, int64_t n_keys, int64_t dim, float* panel,
                    const RowsAhead& ahead);

  /// Values one below the other: panel[j * stride + d] = value d of row j for begin <= j < end,
  /// where stride is dim rounded up to kPanelLanes (zero past dim).
  void (*load_values)(const std::byte* const* rows, int64_t begin, int64_t end, int64_t dim,
                      float* panel, const RowsAhead& ahead);

  /// scores[i * kKeyChunk + j] = q_i · k_j for n_q <= kMaxDirectQueries queries of dim floats, dim
  /// apart, and j < n_keys rounded up to kPanelLanes.
  void (*scores)(const float* q, int64_t n_q, const KeyGroup* groups, int64_t n_keys, int64_t dim,
                 float* scores, const RowsAhead& ahead);

  /// acc[i * stride + d] += sum over begin <= j < end of p[i * kKeyChunk + j] * v_j[d]; stride as
  /// in load_values, n_q <= kMaxDirectQueries.
  void (*mix)(const float* p, int64_t n_q, const std::byte* const* rows, int64_t begin, int64_t end,
              int64_t dim, float* acc, const RowsAhead& ahead);
};

/// c[n_rows, n_cols] = a[n_rows, n_k] · b[n_k, n_cols], or += with `adds`. Strides in floats;
/// n_cols a multiple of kPanelLanes. Each element: k ascending, fused.
struct PanelProduct {
  const float* a;
  int64_t a_stride;
  const float* b;
  int64_t b_stride;
  float* c;
  int64_t c_stride;
  int64_t n_rows, n_k, n_cols;
  bool adds;
};

/// One chunk of several queries' softmax.
struct SoftmaxStep {
  float* scores;  ///< [n_rows, kKeyChunk]; becomes exp(score - maximum), 0 for hidden keys
  int64_t n_rows;
  const int32_t* begin;  ///< [n_rows], each row sees keys [begin, end) of the chunk; may be none
  const int32_t* end;
  int64_t n_keys;  ///< scores up to here, rounded up to kPanelLanes, are written
  float softcap;   ///< scores become cap * tanh(score / cap) first; 0: none
  float* max;      ///< [n_rows], the largest score so far; -infinity before the first
  float* sum;      ///< [n_rows], the denominator so far
  float* keep;     ///< out [n_rows]: what earlier sums have to be multiplied by
};

/// Loops over floats, whatever the cache's type.
struct AttendLoops {
  const char* name;
  void (*multiply)(const PanelProduct& product);

  /// The online form (Milakov & Gimelshein 2018, algorithm 3): exponentials are relative to the
  /// largest score so far; sum = sum * keep + the chunk's. A score that is not a number makes sum
  /// one.
  void (*online_softmax)(const SoftmaxStep& step);

  /// Exponentials relative to a fixed phi (Hong et al. 2024, FlashDecoding++, section 3): keep is
  /// 1. max is kept too, for the caller to see whether phi was near enough.
  void (*unified_softmax)(const SoftmaxStep& step, float phi);

  /// acc = acc * keep + part * share, the sum fused.
  void (*merge)(float* acc, float keep, const float* part, float share, int64_t n);
};

}  // namespace caracal
