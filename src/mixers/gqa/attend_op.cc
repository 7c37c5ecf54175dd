#include "mixers/gqa/attend_op.h"

#include <algorithm>

#include "exec/step_context.h"

namespace caracal {
namespace {

/// How far the largest score of a row may lie from phi. Above, e^40 leaves room for 10^5 keys and
/// values up to 10^15 below the largest float; below, what counts would come near the smallest.
constexpr float kMostAbovePhi = 40, kMostBelowPhi = 60;

}  // namespace

AttendOp::AttendOp(const AttentionShape& shape, BufferId q, BufferId kv, BufferId splits,
                   BufferId out)
    : shape_(shape),
      q_(q),
      splits_(splits),
      out_(out),
      uses_{BufferUse{q, false, true}, BufferUse{kv, false, false}, BufferUse{splits, true, false},
            BufferUse{out, true, true}} {}

int64_t AttendOp::split_cols(const AttentionShape& shape) {
  return int64_t{shape.n_heads} * (2 + padded_to(shape.v_head_dim, kPanelLanes));
}

/// Where the sums of a row's queries over a split wait to be merged: all maxima and denominators of
/// the KV head, then the numerators.
SoftmaxRows AttendOp::split_row(const StepContext& step, const Tile& tile, int32_t row,
                                int32_t split) const {
  const int32_t n = shape_.queries_per_kv();
  float* at = step.floats(splits_).row(tile.split.first_row + row * tile.split.count + split) +
              tile.part * n * (2 + padded_to(shape_.v_head_dim, kPanelLanes));
  return {at, at + n, at + 2 * n};
}

void AttendOp::run(const StepContext& step, const Tile& tile,
                   std::span<std::byte> memory) const noexcept {
  AttendScratch scratch(shape_, memory.data());
  AttendTile work(shape_, step, tile, step.floats(q_), scratch);
  if (!tile.split.is_one()) {
    work.attend_all(0, work.n_rows(), shape_.softmax);
    finish(step, tile, work, scratch);
    return;
  }
  work.attend_split(tile.split.index, 0, work.n_rows(), shape_.softmax);
  const int32_t n = shape_.queries_per_kv();
  const int64_t stride = padded_to(shape_.v_head_dim, kPanelLanes);
  for (int32_t r = 0; r < work.n_rows(); ++r) {
    const SoftmaxRows to = split_row(step, tile, r, tile.split.index);
    std::copy_n(scratch.part.max + r * n, n, to.max);
    std::copy_n(scratch.part.sum + r * n, n, to.sum);
    std::copy_n(scratch.part.acc + r * n * stride, n * stride, to.acc);
  }
}

void AttendOp::merge_splits(const StepContext& step, const Tile& tile,
                            std::span<std::byte> memory) const noexcept {
  AttendScratch scratch(shape_, memory.data());
  AttendTile work(shape_, step, tile, step.floats(q_), scratch);
  const int32_t n = shape_.queries_per_kv();
  const int64_t stride = padded_to(shape_.v_head_dim, kPanelLanes);
  work.clear_total(0, work.n_queries());
  for (int32_t r = 0; r < work.n_rows(); ++r)
    for (int32_t split = work.first_split(); split < work.end_split(); ++split) {
      const SoftmaxRows from = split_row(step, tile, r, split);
      for (int32_t i = 0; i < n; ++i)
        work.merge(r * n + i, from.max[i], from.sum[i], from.acc + i * stride, shape_.softmax);
    }
  finish(step, tile, work, scratch);
}

/// Divides and writes. Rows that the unified maximum does not fit are computed again, online.
void AttendOp::finish(const StepContext& step, const Tile& tile, AttendTile& work,
                      AttendScratch& scratch) const {
  const int32_t n = shape_.queries_per_kv();
  for (int32_t r = 0; r < work.n_rows(); ++r) {
    const int32_t begin = r * n, end = begin + n;
    int32_t n_again = 0;
    for (int32_t i = begin; i < end; ++i) {
      scratch.again[i] = out_of_range(scratch.total.max[i]);
      n_again += scratch.again[i];
      if (!scratch.again[i]) write(scratch.total, i, output(step, tile, i));
    }
    if (n_again == 0) continue;
    step.counters().softmax_fallbacks.fetch_add(n_again, std::memory_order_relaxed);
    work.attend_all(r, r + 1, SoftmaxKind::online);
    for (int32_t i = begin; i < end; ++i)
      if (scratch.again[i]) write(scratch.total, i, output(step, tile, i));
  }
}

bool AttendOp::out_of_range(float max) const {
  if (shape_.softmax == SoftmaxKind::online) return false;
  return !(max - shape_.phi <= kMostAbovePhi && max - shape_.phi >= -kMostBelowPhi);
}

float* AttendOp::output(const StepContext& step, const Tile& tile, int32_t query) const {
  const int32_t n = shape_.queries_per_kv();
  return step.floats(out_).row(tile.row_begin + query / n) +
         int64_t{tile.part * n + query % n} * shape_.v_head_dim;
}

void AttendOp::write(const SoftmaxRows& rows, int32_t query, float* out) const {
  const int64_t stride = padded_to(shape_.v_head_dim, kPanelLanes);
  std::copy_n(rows.acc + query * stride, shape_.v_head_dim, out);
  shape_.small->scale(out, shape_.v_head_dim, 1.0f / rows.sum[query]);
}

}  // namespace caracal
