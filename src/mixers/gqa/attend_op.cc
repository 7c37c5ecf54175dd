#include "mixers/gqa/attend_op.h"

#include <algorithm>
#include <cmath>

#include "exec/step_context.h"

namespace caracal {
namespace {

constexpr int32_t kChunk = 64;  ///< keys per online-softmax step; borders at multiples of it

/// The keys a row sees, in order of position, as runs of slots that lie side by side in one block.
class VisibleKeys {
 public:
  VisibleKeys(const StepContext& step, const BatchRow& row, const AttentionShape& shape)
      : block_tokens_(shape.layout.block_tokens) {
    const BatchSequence& sequence = step.batch().sequences[static_cast<size_t>(row.sequence)];
    table_ = step.batch().block_table(sequence, shape.kv_group);
    context_len_ = sequence.context_len;
    if (!shape.causal) {
      count_ = context_len_ + sequence.n_rows;
    } else if (row.path_len < 0) {
      count_ = context_len_ + row.index + 1;
    } else {
      path_ = std::span(step.batch().paths)
                  .subspan(static_cast<size_t>(row.path_begin), static_cast<size_t>(row.path_len));
      count_ = context_len_ + row.path_len;
    }
  }

  int32_t count() const { return count_; }

  struct Run {
    BlockId block;
    int32_t slot;    ///< inside the block
    int32_t length;  ///< keys
  };
  /// The longest run that starts at key `position` and ends before `end`.
  Run run_at(int32_t position, int32_t end) const {
    const int32_t slot = slot_of(position);
    const int32_t in_block = slot % block_tokens_;
    int32_t length = std::min(end - position, block_tokens_ - in_block);
    if (!path_.empty()) {  // only slots that follow each other
      int32_t n = 1;
      while (n < length && slot_of(position + n) == slot + n) ++n;
      length = n;
    }
    return {table_[static_cast<size_t>(slot / block_tokens_)], in_block, length};
  }

 private:
  int32_t slot_of(int32_t position) const {
    if (path_.empty() || position < context_len_) return position;
    return context_len_ + path_[static_cast<size_t>(position - context_len_)];
  }

  std::span<const BlockId> table_;
  std::span<const int32_t> path_;  ///< tree drafts: the row's ancestors and itself
  int32_t block_tokens_;
  int32_t context_len_ = 0;
  int32_t count_ = 0;
};

}  // namespace

AttendOp::AttendOp(const AttentionShape& shape, BufferId q, BufferId kv, BufferId out)
    : shape_(shape),
      q_(q),
      out_(out),
      uses_{BufferUse{q, false, true}, BufferUse{kv, false, false}, BufferUse{out, true, true}} {}

size_t AttendOp::scratch_bytes() const {
  return static_cast<size_t>(shape_.queries_per_kv()) * (kChunk + 2) * sizeof(float);
}

void AttendOp::run(const StepContext& step, const Tile& tile,
                   std::span<std::byte> scratch) const noexcept {
  const KvLayout& layout = shape_.layout;
  const int32_t head = tile.part;
  const int32_t n_queries = shape_.queries_per_kv();
  const std::byte* memory = step.state(shape_.layer);
  float* scores = reinterpret_cast<float*>(scratch.data());  // [n_queries, kChunk]
  float* max = scores + n_queries * kChunk;                  // [n_queries], running maximum
  float* sum = max + n_queries;                              // [n_queries], running denominator

  for (int32_t r = tile.row_begin; r < tile.row_end; ++r) {
    const VisibleKeys keys(step, step.batch().rows[static_cast<size_t>(r)], shape_);
    const float* q = step.floats(q_).row(r) + head * n_queries * shape_.head_dim;
    float* out = step.floats(out_).row(r) + head * n_queries * shape_.v_head_dim;
    std::fill_n(out, n_queries * shape_.v_head_dim, 0.0f);
    std::fill_n(max, n_queries, -INFINITY);
    std::fill_n(sum, n_queries, 0.0f);

    const int32_t first = shape_.window > 0 ? std::max(0, keys.count() - shape_.window) : 0;
    for (int32_t chunk = first / kChunk * kChunk; chunk < keys.count(); chunk += kChunk) {
      const int32_t begin = std::max(chunk, first);
      const int32_t end = std::min(chunk + kChunk, keys.count());
      for (int32_t at = begin; at < end;) {
        const auto run = keys.run_at(at, end);
        shape_.k_kernels->scores(
            q, n_queries, shape_.head_dim, memory + layout.k_offset(run.block, head, run.slot),
            layout.k_row_bytes, run.length, shape_.head_dim, scores + (at - begin), kChunk);
        at += run.length;
      }
      for (int32_t i = 0; i < n_queries; ++i) {
        float* s = scores + i * kChunk;
        if (shape_.softcap > 0) shape_.small->softcap(s, end - begin, shape_.softcap);
        const float chunk_max = shape_.small->max(s, end - begin);
        if (chunk_max > max[i]) {
          const float keep = std::exp(max[i] - chunk_max);  // 0 for the first chunk
          sum[i] *= keep;
          shape_.small->scale(out + i * shape_.v_head_dim, shape_.v_head_dim, keep);
          max[i] = chunk_max;
        }
        sum[i] += shape_.small->exp_sum(s, end - begin, max[i]);
      }
      for (int32_t at = begin; at < end;) {
        const auto run = keys.run_at(at, end);
        shape_.v_kernels->mix(scores + (at - begin), kChunk, n_queries,
                              memory + layout.v_offset(run.block, head, run.slot),
                              layout.v_row_bytes, run.length, shape_.v_head_dim, out,
                              shape_.v_head_dim);
        at += run.length;
      }
    }
    for (int32_t i = 0; i < n_queries; ++i)
      shape_.small->scale(out + i * shape_.v_head_dim, shape_.v_head_dim, 1.0f / sum[i]);
  }
}

}  // namespace caracal
