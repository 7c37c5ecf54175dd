#include "mixers/gqa/attend_tile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include "kernels/key_tile.h"

namespace caracal {
namespace {

/// Queries that take their softmax together: their scores and a key panel stay in the first-level
/// cache while all register tiles of the block pass over the panel.
constexpr int32_t kQueryBlock = 24;

constexpr float kNoScore = -std::numeric_limits<float>::infinity();

/// Hands out pieces of a buffer, each on its own cache lines; without a buffer it only counts.
class Carver {
 public:
  explicit Carver(std::byte* memory) : memory_(memory) {}
  template <class T>
  T* take(int64_t n) {
    std::byte* at = memory_ ? memory_ + used_ : nullptr;
    used_ += static_cast<size_t>(padded_to(n * static_cast<int64_t>(sizeof(T)), 64));
    return reinterpret_cast<T*>(at);
  }
  size_t used() const { return used_; }

 private:
  std::byte* memory_;
  size_t used_ = 0;
};

void carve(AttendScratch& s, const AttentionShape& shape, Carver& memory) {
  const int64_t rows = shape.tile_rows();
  const int64_t queries = rows * shape.queries_per_kv();
  const int64_t v_stride = padded_to(shape.v_head_dim, kPanelLanes);
  const auto softmax_rows = [&] {
    return SoftmaxRows{memory.take<float>(queries), memory.take<float>(queries),
                       memory.take<float>(queries * v_stride)};
  };
  s.q = memory.take<float>(queries * shape.head_dim);
  s.part = softmax_rows();
  s.total = softmax_rows();
  s.keep = memory.take<float>(queries);
  s.begin = memory.take<int32_t>(queries);
  s.end = memory.take<int32_t>(queries);
  s.again = memory.take<bool>(queries);
  s.scores = memory.take<float>(int64_t{kQueryBlock} * kKeyChunk);
  s.k_panel = memory.take<float>(padded_to(shape.head_dim, kPanelLanes) * kKeyChunk);
  s.v_panel = memory.take<float>(v_stride * kKeyChunk);
  for (auto& chunk : s.rows) {
    chunk.k = memory.take<KeyGroup>(kKeyGroups);
    chunk.k_ahead = memory.take<const std::byte*>(kKeyChunk);
    chunk.v = memory.take<const std::byte*>(kKeyChunk);
    chunk.gathered =
        memory.take<std::byte>(static_cast<int64_t>(shape.layout.k_row_bytes) * kKeyChunk);
  }
  s.keys = memory.take<VisibleKeys>(rows);
}

}  // namespace

AttendScratch::AttendScratch(const AttentionShape& shape, std::byte* memory) {
  Carver carver(memory);
  carve(*this, shape, carver);
}

size_t AttendScratch::bytes(const AttentionShape& shape) {
  Carver carver(nullptr);
  AttendScratch unused(shape, nullptr);
  carve(unused, shape, carver);
  return carver.used();
}

AttendTile::AttendTile(const AttentionShape& shape, const StepContext& step, const Tile& tile,
                       MatrixView<const float> q, AttendScratch& scratch)
    : shape_(shape),
      scratch_(scratch),
      memory_(step.state(shape.layer)),
      head_(tile.part),
      per_row_(shape.queries_per_kv()),
      n_rows_(tile.row_end - tile.row_begin),
      v_stride_(padded_to(shape.v_head_dim, kPanelLanes)),
      begin_(std::numeric_limits<int32_t>::max()),
      end_(0) {
  const int64_t width = int64_t{per_row_} * shape.head_dim;
  for (int32_t r = 0; r < n_rows_; ++r) {
    const BatchRow& row = step.batch().rows[static_cast<size_t>(tile.row_begin + r)];
    const auto* keys = ::new (&scratch.keys[r]) VisibleKeys(step, row, shape);
    begin_ = std::min(begin_, keys->begin());
    end_ = std::max(end_, keys->end());
    std::copy_n(q.row(tile.row_begin + r) + head_ * width, width, scratch.q + r * width);
  }
}

AttendTile::Chunk AttendTile::chunk_at(int32_t at, int32_t row_begin, int32_t row_end) const {
  Chunk chunk = {at, kKeyChunk, 0};
  for (int32_t r = row_begin; r < row_end; ++r) {
    const VisibleKeys& keys = scratch_.keys[r];
    const int32_t begin = std::clamp(keys.begin() - at, 0, kKeyChunk);
    const int32_t end = std::clamp(keys.end() - at, 0, kKeyChunk);
    if (begin >= end) continue;
    chunk.begin = std::min(chunk.begin, begin);
    chunk.end = std::max(chunk.end, end);
  }
  return chunk;
}

/// Where the chunk's keys and values lie for rows that see `keys`.
void AttendTile::find_rows(const Chunk& chunk, const VisibleKeys& keys,
                           AttendScratch::ChunkRows& rows) const {
  const KvLayout& layout = shape_.layout;
  const bool in_order = chunk.at + chunk.end <= keys.shared_end();
  for (int32_t j = chunk.begin; j < chunk.end;) {
    const auto [block, at] = keys.slot(chunk.at + j);
    const int32_t n = in_order ? std::min(chunk.end - j, layout.block_tokens - at) : 1;
    const std::byte* k =
        memory_ + layout.k_offset(block, head_) + static_cast<size_t>(at) * layout.k_row_bytes;
    const std::byte* v = memory_ + layout.v_offset(block, head_, at);
    for (int32_t i = 0; i < n; ++i, ++j, k += layout.k_row_bytes, v += layout.v_row_bytes) {
      rows.k_ahead[j] = k;
      rows.v[j] = v;
    }
  }
  const auto fill = [&](int32_t begin, int32_t end) {  // rows that may be read and do not count
    std::fill(rows.k_ahead + begin, rows.k_ahead + end, rows.k_ahead[chunk.begin]);
    std::fill(rows.v + begin, rows.v + end, rows.v[chunk.begin]);
  };
  fill(0, chunk.begin);
  fill(chunk.end, kKeyChunk);
  for (int32_t g = 0; g < kKeyGroups; ++g) rows.k[g] = find_keys(chunk, g, keys, rows);
}

/// A group of the chunk's keys: in the tile of its block where they lie side by side there, else
/// gathered. Of a group that nobody sees, any that may be read.
KeyGroup AttendTile::find_keys(const Chunk& chunk, int32_t group, const VisibleKeys& keys,
                               AttendScratch::ChunkRows& rows) const {
  const KvLayout& layout = shape_.layout;
  const int32_t first = group * kPanelLanes;
  const int32_t begin = std::max(first, chunk.begin);
  const int32_t end = std::min(first + kPanelLanes, chunk.end);
  std::byte* gathered =
      rows.gathered + static_cast<size_t>(group) * kPanelLanes * layout.k_row_bytes;
  if (begin < end && layout.block_tokens % kPanelLanes == 0 &&
      chunk.at + end <= keys.shared_end()) {
    const auto [block, at] = keys.slot(chunk.at + begin);
    return {memory_ + layout.k_offset(block, head_), layout.block_tokens, at - (begin - first)};
  }
  for (int32_t j = begin; j < end; ++j) {
    const auto [block, at] = keys.slot(chunk.at + j);
    copy_key(shape_.k_type, shape_.head_dim,
             {memory_ + layout.k_offset(block, head_), layout.block_tokens, at},
             {gathered, kPanelLanes, j - first});
  }
  return {gathered, kPanelLanes, 0};
}

void AttendTile::set_visible(const Chunk& chunk, int32_t row_begin, int32_t row_end) {
  for (int32_t r = row_begin; r < row_end; ++r) {
    const VisibleKeys& keys = scratch_.keys[r];
    const auto [first, last] = queries_of(r, r + 1);
    std::fill(scratch_.begin + first, scratch_.begin + last,
              std::clamp(keys.begin() - chunk.at, 0, kKeyChunk));
    std::fill(scratch_.end + first, scratch_.end + last,
              std::clamp(keys.end() - chunk.at, 0, kKeyChunk));
  }
}

void AttendTile::attend_split(int32_t split, int32_t row_begin, int32_t row_end,
                              SoftmaxKind softmax) {
  softmax_ = softmax;
  const Queries queries = queries_of(row_begin, row_end);
  const int64_t n = queries.end - queries.begin;
  std::fill_n(scratch_.part.max + queries.begin, n, kNoScore);
  std::fill_n(scratch_.part.sum + queries.begin, n, 0.0f);
  std::fill_n(scratch_.part.acc + queries.begin * v_stride_, n * v_stride_, 0.0f);

  // Neighbouring rows find the same keys at the same places, except on branches of a tree.
  int32_t shared_end = end_;
  for (int32_t r = row_begin; r < row_end; ++r)
    shared_end = std::min(shared_end, scratch_.keys[r].shared_end());
  const int32_t begin = std::max(split * kSplitKeys, begin_ / kKeyChunk * kKeyChunk);
  const int32_t end = std::min((split + 1) * kSplitKeys, end_);
  AttendScratch::ChunkRows *rows = &scratch_.rows[0], *next = &scratch_.rows[1];
  bool found = false;  // whether *rows was filled while the chunk before was next
  for (int32_t at = begin; at < end; at += kKeyChunk) {
    const Chunk chunk = chunk_at(at, row_begin, row_end);
    if (chunk.begin >= chunk.end) continue;
    if (at + chunk.end > shared_end) {
      for (int32_t r = row_begin; r < row_end; ++r) {
        const Chunk own = chunk_at(at, r, r + 1);
        if (own.begin >= own.end) continue;
        find_rows(own, scratch_.keys[r], *rows);
        set_visible(own, r, r + 1);
        attend_chunk(own, queries_of(r, r + 1), *rows, nullptr);
      }
      found = false;
      continue;
    }
    const VisibleKeys& keys = scratch_.keys[row_end - 1];
    if (!found) find_rows(chunk, keys, *rows);
    const Chunk following = chunk_at(at + kKeyChunk, row_begin, row_end);
    found = at + kKeyChunk < end && following.begin < following.end &&
            following.at + following.end <= shared_end;
    if (found) find_rows(following, keys, *next);
    set_visible(chunk, row_begin, row_end);
    attend_chunk(chunk, queries, *rows, found ? next->k_ahead : nullptr);
    std::swap(rows, next);
  }
}

void AttendTile::attend_chunk(const Chunk& chunk, Queries queries,
                              const AttendScratch::ChunkRows& rows,
                              const std::byte* const* next_k) {
  if (queries.end - queries.begin <= kMaxDirectQueries)
    return attend_directly(chunk, queries, rows, next_k);
  const auto v_bytes = static_cast<int64_t>(shape_.layout.v_row_bytes);
  const auto k_bytes = static_cast<int64_t>(shape_.layout.k_row_bytes);
  shape_.k_kernels->load_keys(rows.k, chunk.end, shape_.head_dim, scratch_.k_panel,
                              {rows.v, v_bytes});
  shape_.v_kernels->load_values(rows.v, chunk.begin, chunk.end, shape_.v_head_dim, scratch_.v_panel,
                                {next_k, k_bytes});
  for (int32_t first = queries.begin; first < queries.end; first += kQueryBlock)
    attend_panels(chunk, {first, std::min(first + kQueryBlock, queries.end)});
}

/// Few queries: keys and values are read in their stored form, each while the other is fetched.
void AttendTile::attend_directly(const Chunk& chunk, Queries queries,
                                 const AttendScratch::ChunkRows& rows,
                                 const std::byte* const* next_k) {
  const auto v_bytes = static_cast<int64_t>(shape_.layout.v_row_bytes);
  const auto k_bytes = static_cast<int64_t>(shape_.layout.k_row_bytes);
  const int32_t n = queries.end - queries.begin;
  shape_.k_kernels->scores(scratch_.q + int64_t{queries.begin} * shape_.head_dim, n, rows.k,
                           chunk.end, shape_.head_dim, scratch_.scores, {rows.v, v_bytes});
  softmax(queries, chunk.end);
  shape_.v_kernels->mix(scratch_.scores, n, rows.v, chunk.begin, chunk.end, shape_.v_head_dim,
                        scratch_.part.acc + queries.begin * v_stride_, {next_k, k_bytes});
}

/// A block of queries over the chunk's panels, which only go as far as one of the block sees.
void AttendTile::attend_panels(const Chunk& chunk, Queries queries) {
  const int32_t n = queries.end - queries.begin;
  int32_t begin = chunk.end, end = 0;
  for (int32_t i = queries.begin; i < queries.end; ++i) {
    if (scratch_.begin[i] >= scratch_.end[i]) continue;
    begin = std::min(begin, scratch_.begin[i]);
    end = std::max(end, scratch_.end[i]);
  }
  if (begin >= end) return;
  shape_.loops->multiply({.a = scratch_.q + int64_t{queries.begin} * shape_.head_dim,
                          .a_stride = shape_.head_dim,
                          .b = scratch_.k_panel,
                          .b_stride = kKeyChunk,
                          .c = scratch_.scores,
                          .c_stride = kKeyChunk,
                          .n_rows = n,
                          .n_k = shape_.head_dim,
                          .n_cols = padded_to(end, kPanelLanes),
                          .adds = false});
  softmax(queries, end);
  shape_.loops->multiply({.a = scratch_.scores + begin,
                          .a_stride = kKeyChunk,
                          .b = scratch_.v_panel + begin * v_stride_,
                          .b_stride = v_stride_,
                          .c = scratch_.part.acc + queries.begin * v_stride_,
                          .c_stride = v_stride_,
                          .n_rows = n,
                          .n_k = end - begin,
                          .n_cols = v_stride_,
                          .adds = true});
}

/// Scores of n_keys keys become exponentials; what was summed before is brought to their scale.
void AttendTile::softmax(Queries queries, int32_t n_keys) {
  const SoftmaxStep step = {.scores = scratch_.scores,
                            .n_rows = queries.end - queries.begin,
                            .begin = scratch_.begin + queries.begin,
                            .end = scratch_.end + queries.begin,
                            .n_keys = n_keys,
                            .softcap = shape_.softcap,
                            .max = scratch_.part.max + queries.begin,
                            .sum = scratch_.part.sum + queries.begin,
                            .keep = scratch_.keep + queries.begin};
  if (softmax_ == SoftmaxKind::unified) return shape_.loops->unified_softmax(step, shape_.phi);
  shape_.loops->online_softmax(step);
  for (int32_t i = queries.begin; i < queries.end; ++i)
    if (scratch_.keep[i] != 1)
      shape_.small->scale(scratch_.part.acc + i * v_stride_, v_stride_, scratch_.keep[i]);
}

void AttendTile::attend_all(int32_t row_begin, int32_t row_end, SoftmaxKind softmax) {
  const Queries queries = queries_of(row_begin, row_end);
  clear_total(queries.begin, queries.end);
  for (int32_t split = first_split(); split < end_split(); ++split) {
    attend_split(split, row_begin, row_end, softmax);
    for (int32_t i = queries.begin; i < queries.end; ++i)
      merge(i, scratch_.part.max[i], scratch_.part.sum[i], scratch_.part.acc + i * v_stride_,
            softmax);
  }
}

void AttendTile::clear_total(int32_t query_begin, int32_t query_end) {
  std::fill(scratch_.total.max + query_begin, scratch_.total.max + query_end, kNoScore);
  std::fill(scratch_.total.sum + query_begin, scratch_.total.sum + query_end, 0.0f);
}

void AttendTile::merge(int32_t query, float max, float sum, const float* acc, SoftmaxKind softmax) {
  float& total_max = scratch_.total.max[query];
  float& total_sum = scratch_.total.sum[query];
  float* total_acc = scratch_.total.acc + query * v_stride_;
  if (max == kNoScore && sum == 0) return;
  if (total_max == kNoScore && total_sum == 0) {
    std::copy_n(acc, v_stride_, total_acc);
    total_max = max;
    total_sum = sum;
    return;
  }
  const float larger = std::max(total_max, max);
  const bool online = softmax == SoftmaxKind::online;
  const float keep = online ? std::exp(total_max - larger) : 1.0f;
  const float share = online ? std::exp(max - larger) : 1.0f;
  total_sum = std::fma(total_sum, keep, sum * share);
  total_max = larger;
  shape_.loops->merge(total_acc, keep, acc, share, v_stride_);
}

}  // namespace caracal
