#pragma once
/// For tests and benchmarks: attention over sequences of random keys and values, without a model.
#include <memory>
#include <random>
#include <vector>

#include "base/aligned_buffer.h"
#include "exec/sequence_tiles.h"
#include "exec/step_context.h"
#include "kernels/key_tile.h"
#include "mixers/gqa/attend_op.h"

namespace caracal {

struct AttentionSetup {
  int32_t n_heads = 4, n_kv_heads = 2, head_dim = 64, v_head_dim = 64;
  KvType k_type = KvType::f32, v_type = KvType::f32;
  int32_t block_tokens = 32;
  int32_t window = 0;
  float softcap = 0;
  bool causal = true;
  SoftmaxKind softmax = SoftmaxKind::online;
  float phi = 0;
  CpuFeatures features = detect_cpu_features();
  int32_t n_layers = 1;    ///< layers that run() takes in turn; each has memory of its own
  bool split_keys = true;  ///< whether few rows with many keys become several tiles
};

/// One sequence's rows of a step.
struct AttentionRows {
  int32_t context_len = 0, n_rows = 1;
  std::vector<int32_t> parents = {};
  uint32_t seed = 1;  ///< of its keys, values and queries
  float score_range = 3;
};

/// A step of AttendOp. Equal seeds give a sequence the same queries, keys and values at the same
/// positions, however it is cut into steps.
class AttentionCase {
 public:
  AttentionCase(const AttentionSetup& setup, const std::vector<AttentionRows>& sequences)
      : setup_(setup) {
    int32_t n_rows = 0;
    for (const AttentionRows& s : sequences) {
      n_rows += s.n_rows;
      n_slots_ = std::max(n_slots_, s.context_len + s.n_rows);
    }
    configure();
    allocate(n_rows, static_cast<int32_t>(sequences.size()));
    for (const AttentionRows& s : sequences) add(s);
  }

  /// Attends all tiles, one thread.
  void run() {
    layer_ = (layer_ + 1) % setup_.n_layers;
    tiles_->cut(batch_);
    std::byte* const bases[] = {q_.data(), nullptr, splits_.data(), out_.data()};
    std::byte* const states[] = {kv_.data() + static_cast<size_t>(layer_) * layer_bytes_};
    const StepContext step(batch_, specs_, bases, states, counters_);
    for (int64_t i = 0; i < tiles_->count(); ++i) {
      const Tile tile = tiles_->at(i);
      op_->run(step, tile, scratch_.bytes());
      if (tiles_->complete(tile) && tile.split.is_one())
        op_->merge_splits(step, tile, scratch_.bytes());
    }
  }

  const AttentionShape& shape() const { return *shape_; }
  const Batch& batch() const { return batch_; }
  int64_t n_tiles() {
    tiles_->cut(batch_);
    return tiles_->count();
  }
  int64_t n_fallbacks() const { return counters_.softmax_fallbacks.load(); }
  size_t scratch_bytes() const { return op_->scratch_bytes(); }
  float* q(int32_t row) { return row_of(q_, 0, row); }
  /// n_heads * v_head_dim outputs of a row.
  std::vector<float> out(int32_t row) {
    const float* begin = row_of(out_, 3, row);
    return {begin, begin + out_width()};
  }
  int64_t q_width() const { return int64_t{setup_.n_heads} * setup_.head_dim; }
  int64_t out_width() const { return int64_t{setup_.n_heads} * setup_.v_head_dim; }

  /// Slots that a row sees, in order.
  std::vector<int32_t> visible_slots(int32_t row) const {
    const BatchRow& r = batch_.rows[static_cast<size_t>(row)];
    const BatchSequence& s = batch_.sequences[static_cast<size_t>(r.sequence)];
    std::vector<int32_t> slots;
    for (int32_t i = 0; i < s.context_len; ++i) slots.push_back(i);
    const int32_t n_own = !setup_.causal ? s.n_rows : r.path_len < 0 ? r.index + 1 : r.path_len;
    for (int32_t i = 0; i < n_own; ++i)
      slots.push_back(s.context_len +
                      (r.path_len < 0 ? i : batch_.paths[static_cast<size_t>(r.path_begin + i)]));
    const auto n = static_cast<int32_t>(slots.size());
    if (setup_.window > 0 && n > setup_.window)
      slots.erase(slots.begin(), slots.begin() + (n - setup_.window));
    return slots;
  }

  /// The stored key or value of a slot, decoded by the reference.
  std::vector<float> decoded(int32_t row, int32_t head, int32_t slot, bool value) const {
    const BatchSequence& s =
        batch_.sequences[static_cast<size_t>(batch_.rows[static_cast<size_t>(row)].sequence)];
    const BlockId block = batch_.block_table(s, 0)[static_cast<size_t>(slot / setup_.block_tokens)];
    const int32_t at = slot % setup_.block_tokens;
    const KvLayout& layout = shape_->layout;
    const std::byte* memory = kv_.data();
    const std::byte* stored = memory + layout.v_offset(block, head, at);
    std::vector<std::byte> key(layout.k_row_bytes);
    if (!value) {
      copy_key(setup_.k_type, setup_.head_dim,
               {memory + layout.k_offset(block, head), setup_.block_tokens, at},
               {.tile = key.data()});
      stored = key.data();
    }
    const int32_t dim = value ? setup_.v_head_dim : setup_.head_dim;
    std::vector<float> x(static_cast<size_t>(padded_to(dim, kPanelLanes)));
    attend_kernels(value ? setup_.v_type : setup_.k_type, {})
        .load_values(&stored, 0, 1, dim, x.data(), {});
    x.resize(static_cast<size_t>(dim));
    return x;
  }

 private:
  float* row_of(AlignedBuffer& buffer, size_t id, int32_t row) {
    return reinterpret_cast<float*>(buffer.data() +
                                    static_cast<size_t>(row) * specs_[id].row_bytes());
  }

  void configure() {
    config_.n_heads = setup_.n_heads;
    config_.n_kv_heads = setup_.n_kv_heads;
    config_.head_dim = setup_.head_dim;
    config_.v_head_dim = setup_.v_head_dim;
    config_.attn_scale = 1;
    config_.attn_softcap = setup_.softcap;
    config_.causal = setup_.causal;
    config_.layers = {{.window = setup_.window}};
    MixerSpec spec;
    spec.config = &config_;
    spec.k_type = setup_.k_type;
    spec.v_type = setup_.v_type;
    spec.features = setup_.features;
    spec.softmax = setup_.softmax;
    spec.softmax_phi = setup_.phi;
    const KvLayout layout = {.block_tokens = setup_.block_tokens,
                             .n_kv_heads = setup_.n_kv_heads,
                             .k_row_bytes = kv_row_bytes(setup_.k_type, setup_.head_dim),
                             .v_row_bytes = kv_row_bytes(setup_.v_type, setup_.v_head_dim)};
    shape_ = std::make_unique<AttentionShape>(spec, layout);
    op_ = std::make_unique<AttendOp>(*shape_, BufferId{0}, BufferId{1}, BufferId{2}, BufferId{3});
  }

  void allocate(int32_t n_rows, int32_t n_sequences) {
    const int32_t n_split_rows = setup_.split_keys ? n_sequences * 8 * n_key_splits(n_slots_) : 0;
    const int64_t split_cols = AttendOp::split_cols(*shape_);
    specs_ = {{.name = "q", .cols = q_width()},
              {.name = "kv"},
              {.name = "splits", .rows = RowCount::split_rows, .cols = split_cols},
              {.name = "out", .cols = out_width()}};
    const auto bytes = [&](int32_t rows, size_t id) {
      return static_cast<size_t>(rows) * specs_[id].row_bytes();
    };
    q_ = AlignedBuffer(bytes(n_rows, 0));
    splits_ = AlignedBuffer(bytes(n_split_rows, 2));
    out_ = AlignedBuffer(bytes(n_rows, 3));
    scratch_ = AlignedBuffer(op_->scratch_bytes());
    tiles_ = std::make_unique<SequenceTiles>(op_->tiles(), n_rows, n_split_rows);
    n_blocks_ = (n_slots_ + setup_.block_tokens - 1) / setup_.block_tokens;
    layer_bytes_ = shape_->layout.block_bytes() * static_cast<size_t>(n_blocks_ * n_sequences);
    kv_ = AlignedBuffer(layer_bytes_ * static_cast<size_t>(setup_.n_layers));
    tables_.reserve(static_cast<size_t>(n_sequences));
  }

  void add(const AttentionRows& s) {
    const auto sequence = static_cast<int32_t>(tables_.size());
    std::vector<BlockId>& table = tables_.emplace_back();
    for (int32_t b = 0; b < n_blocks_; ++b)  // out of order
      table.push_back(sequence * n_blocks_ + (b * 7 + 3) % n_blocks_);
    if (n_blocks_ % 7 == 0)
      for (int32_t b = 0; b < n_blocks_; ++b)
        table[static_cast<size_t>(b)] = sequence * n_blocks_ + b;
    const int32_t first_row = batch_.n_rows();
    const std::vector<TokenId> tokens(static_cast<size_t>(s.n_rows), 0);
    const std::span<const BlockId> tables[] = {table};
    append_sequence(batch_, {.tokens = tokens,
                             .parents = s.parents,
                             .context_len = s.context_len,
                             .block_tables = tables});
    for (int32_t slot = 0; slot < s.context_len + s.n_rows; ++slot) store(s, slot, table);
    for (int32_t i = 0; i < s.n_rows; ++i)
      fill(q(first_row + i), q_width(), s.seed, s.context_len + i, 2,
           s.score_range / std::sqrt(static_cast<float>(setup_.head_dim)));
  }

  /// Keys and values of a slot, the same in all layers.
  void store(const AttentionRows& s, int32_t slot, const std::vector<BlockId>& table) {
    const KvLayout& layout = shape_->layout;
    const BlockId block = table[static_cast<size_t>(slot / setup_.block_tokens)];
    const int32_t at = slot % setup_.block_tokens;
    std::vector<float> k(static_cast<size_t>(setup_.n_kv_heads * setup_.head_dim));
    std::vector<float> v(static_cast<size_t>(setup_.n_kv_heads * setup_.v_head_dim));
    std::vector<std::byte> key(layout.k_row_bytes);
    fill(k.data(), static_cast<int64_t>(k.size()), s.seed, slot, 0, 1);
    fill(v.data(), static_cast<int64_t>(v.size()), s.seed, slot, 1, 1);
    for (int32_t layer = 0; layer < setup_.n_layers; ++layer)
      for (int32_t h = 0; h < setup_.n_kv_heads; ++h) {
        std::byte* memory = kv_.data() + static_cast<size_t>(layer) * layer_bytes_;
        shape_->k_kernels->encode(k.data() + h * setup_.head_dim, setup_.head_dim, key.data());
        copy_key(setup_.k_type, setup_.head_dim, {.tile = key.data()},
                 {memory + layout.k_offset(block, h), setup_.block_tokens, at});
        shape_->v_kernels->encode(v.data() + h * setup_.v_head_dim, setup_.v_head_dim,
                                  memory + layout.v_offset(block, h, at));
      }
  }

  static void fill(float* x, int64_t n, uint32_t seed, int32_t slot, uint32_t what, float range) {
    std::minstd_rand random(seed * 1000003u + static_cast<uint32_t>(slot) * 31u + what * 7919u + 1);
    random.discard(3);
    std::uniform_real_distribution<float> value(-range, range);
    for (int64_t i = 0; i < n; ++i) x[i] = value(random);
  }

  AttentionSetup setup_;
  ModelConfig config_;
  std::unique_ptr<AttentionShape> shape_;
  std::unique_ptr<AttendOp> op_;
  std::unique_ptr<SequenceTiles> tiles_;
  std::vector<BufferSpec> specs_;
  std::vector<std::vector<BlockId>> tables_;
  Batch batch_;
  StepCounters counters_;
  AlignedBuffer q_, out_, splits_, scratch_, kv_;
  size_t layer_bytes_ = 0;
  int32_t n_blocks_ = 0, n_slots_ = 0, layer_ = 0;
};

}  // namespace caracal
