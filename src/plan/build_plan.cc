#include "plan/build_plan.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/check.h"
#include "base/error.h"
#include "exec/ops/gather_op.h"
#include "exec/ops/layer_norm_op.h"
#include "exec/ops/norm_op.h"
#include "exec/ops/quantize_op.h"
#include "exec/ops/rope_angles_op.h"
#include "exec/ops/softcap_op.h"
#include "exec/plan_builder.h"
#include "exec/sequence_tiles.h"
#include "ffn/channel_mixer.h"
#include "mixers/sequence_mixer.h"
#include "model/rope_angles.h"
#include "weights/embedding_op.h"
#include "weights/linear_op.h"

namespace caracal {
namespace {

MixerSpec mixer_spec(const ModelConfig& config, const PlanOptions& options, int32_t layer) {
  return {.config = &config,
          .layer = layer,
          .k_type = options.k_type,
          .v_type = options.v_type,
          .block_tokens = options.block_tokens,
          .softmax = options.softmax,
          .softmax_phi = options.softmax_phi};
}

const SequenceMixer& mixer_of(const Part& part) {
  const SequenceMixer* mixer = find_sequence_mixer(part.uses);
  CRCL_CHECK(mixer != nullptr);
  return *mixer;
}

/// Rows that decode at the same time, each with all splits of a full context; more than 64 give
/// every thread enough to do as they are.
int32_t max_split_rows(const PlanOptions& options) {
  constexpr int32_t kMaxDecodingRows = 64;
  const int32_t n_splits = n_key_splits(options.context);
  return n_splits > 1 ? std::clamp(options.max_logit_rows, 8, kMaxDecodingRows) * n_splits : 0;
}

std::unique_ptr<Operator> make_quantizer(BufferId in, BufferId out, int64_t cols, TileSpace tiles,
                                         const void* kernels) {
  return std::make_unique<QuantizeOp>(*static_cast<const SmallKernels*>(kernels), in, out, cols,
                                      tiles);
}

int32_t token_of(const BatchRow& row) { return row.token; }
int32_t position_of(const BatchRow& row) { return row.position; }
int32_t first_row(const BatchRow&) { return 0; }

auto row_chooser(TableRow row) {
  switch (row) {
    case TableRow::token:
      return token_of;
    case TableRow::position:
      return position_of;
    case TableRow::first:
      return first_row;
  }
  return token_of;
}

/// Walks the parts and emits operators; edges of the list become buffers.
class PlanWriter {
 public:
  PlanWriter(const Model& model, const PlanOptions& options)
      : model_(model),
        config_(model.config()),
        options_(options),
        small_(small_kernels(model.features())),
        builder_(options.max_rows, options.max_logit_rows, max_split_rows(options)) {
    builder_.set_quantizer(make_quantizer, &small_);
    builder_.set_fusion(options.fuse);
  }

  Plan write() {
    const Family& family = model_.family();
    check_output(family);
    emit_rope_angles(LayerRope::main, config_.rope);
    emit_rope_angles(LayerRope::local, config_.local_rope);
    for (size_t i = 0; i < family.prologue.size(); ++i)
      emit(family.prologue[i], model_.prologue(i), 0, RowCount::step_rows);
    for (int32_t layer = 0; layer < config_.n_layers; ++layer) {
      builder_.set_label(fmt::format("layer {}", layer));
      for (size_t i = 0; i < family.block.size(); ++i)
        emit(family.block[i], model_.block(layer, i), layer, RowCount::step_rows);
    }
    builder_.set_label("head");
    gather_wanted_rows(family);
    for (size_t i = 0; i < family.epilogue.size(); ++i) {
      emit(family.epilogue[i], model_.epilogue(i), 0, RowCount::logit_rows);
      if (options_.output == PlanOutput::hidden && family.epilogue[i].out == kHidden) break;
    }
    builder_.set_outputs(edge(kHidden),
                         options_.output == PlanOutput::logits ? edge("logits") : BufferId::none);
    return builder_.finish();
  }

 private:
  static constexpr std::string_view kHidden = "hidden";

  void check_output(const Family& family) const {
    if (options_.output == PlanOutput::logits && !family.has_head())
      throw_error(ErrorCode::unsupported, model_.file().name(),
                  "'{}' is a family of encoders: it makes embeddings and no text; use "
                  "`caracal embed`",
                  family.name);
  }

  BufferId edge(std::string_view name) const {
    const auto it = edges_.find(name);
    CRCL_CHECK(it != edges_.end());
    return it->second;
  }

  /// The buffer a part writes: the edge itself when it adds to it, otherwise a new one, so that
  /// lifetimes stay short and memory is shared.
  BufferId output(const Part& part, RowCount rows) {
    if (part.adds) return edge(part.out);
    const BufferId id = builder_.add_buffer(std::string(part.out), output_cols(part), rows);
    edges_[part.out] = id;
    return id;
  }

  int64_t output_cols(const Part& part) const {
    if (part.kind == PartKind::norm || part.kind == PartKind::layer_norm)
      return builder_.spec(edge(part.in[0])).cols;
    return width_of(part.kind == PartKind::embedding ? part.n_in : part.n_out, config_);
  }

  std::vector<BufferId> inputs(const Part& part) const {
    std::vector<BufferId> ids;
    for (std::string_view name : part.in)
      if (!name.empty()) ids.push_back(edge(name));
    return ids;
  }

  void emit(const Part& part, const PartWeights& weights, int32_t layer, RowCount rows) {
    switch (part.kind) {
      case PartKind::embedding: {
        const int64_t n_rows = width_of(part.n_out, config_);
        if (part.row == TableRow::position && options_.context > n_rows)
          throw_error(ErrorCode::bad_config, "--ctx-size",
                      "the model has learned positions for {} tokens, found {}", n_rows,
                      options_.context);
        builder_.emplace<EmbeddingOp>(
            EmbeddingArgs{.format = find_weight_format(weights.source->type),
                          .table = weights.source->data.data(),
                          .n = width_of(part.n_in, config_),
                          .row = row_chooser(part.row),
                          .out = output(part, rows),
                          .adds = part.adds,
                          .factor = factor_of(part.factor, config_)});
        break;
      }
      case PartKind::norm: {
        const BufferId in = edge(part.in[0]);
        builder_.emplace<RmsNormOp>(small_, NormArgs{.in = in,
                                                     .out = output(part, rows),
                                                     .rows = rows,
                                                     .cols = builder_.spec(in).cols,
                                                     .weight = weights.norm,
                                                     .eps = config_.norm_eps,
                                                     .adds = part.adds,
                                                     .factor = factor_of(part.factor, config_)});
        break;
      }
      case PartKind::layer_norm: {
        const BufferId in = edge(part.in[0]);
        builder_.emplace<LayerNormOp>(small_, LayerNormArgs{.in = in,
                                                            .out = output(part, rows),
                                                            .rows = rows,
                                                            .weight = weights.norm,
                                                            .bias = weights.bias,
                                                            .eps = config_.norm_eps});
        break;
      }
      case PartKind::linear: {
        const BufferId in = builder_.encoded(edge(part.in[0]), weights.linear.kernel->acts);
        builder_.emplace<LinearOp>(weights.linear, in,
                                   LinearOutput{.buffer = output(part, rows),
                                                .rows = rows,
                                                .adds = part.adds,
                                                .factor = factor_of(part.factor, config_)});
        break;
      }
      case PartKind::softcap: {
        if (config_.logit_softcap == 0) break;
        const BufferId x = edge(part.in[0]);
        builder_.emplace<SoftcapOp>(small_, x, builder_.spec(x).cols, rows, config_.logit_softcap);
        break;
      }
      case PartKind::sequence_mixer: {
        const std::vector<BufferId> ids = inputs(part);
        MixerSpec spec = mixer_spec(config_, options_, layer);
        spec.features = model_.features();
        spec.inputs = ids;
        set_rope(spec);
        spec.output = output(part, rows);
        mixer_of(part).build(builder_, spec);
        break;
      }
      case PartKind::channel_mixer: {
        const ChannelMixer* mixer = find_channel_mixer(part.uses);
        CRCL_CHECK(mixer != nullptr);
        const std::vector<BufferId> ids = inputs(part);
        mixer->build(builder_, {.config = &config_,
                                .layer = layer,
                                .features = model_.features(),
                                .inputs = ids,
                                .output = output(part, rows)});
        break;
      }
    }
  }

  /// One table of angles for all layers that turn alike.
  void emit_rope_angles(LayerRope which, const RopeConfig& config) {
    if (config.dim == 0 ||
        std::ranges::find(config_.layers, which, &LayerConfig::rope) == config_.layers.end())
      return;
    RopeFrequencies rope = rope_frequencies(config, options_.context);
    const BufferId angles = builder_.add_buffer("rope", config.dim);
    builder_.emplace<RopeAnglesOp>(std::move(rope.frequency), rope.magnitude, angles);
    rope_angles_[which] = angles;
  }

  void set_rope(MixerSpec& spec) const {
    const LayerRope which = config_.layers[static_cast<size_t>(spec.layer)].rope;
    const auto angles = rope_angles_.find(which);
    if (angles == rope_angles_.end()) return;
    spec.rope = which == LayerRope::local ? &config_.local_rope : &config_.rope;
    spec.rope_angles = angles->second;
  }

  /// The epilogue runs only on rows whose output is read: its first edge is gathered. Where there
  /// is no epilogue, the gathered rows are the output.
  void gather_wanted_rows(const Family& family) {
    const std::string_view name = family.has_head() ? family.epilogue.front().in[0] : "x";
    const BufferId all = edge(name);
    const int64_t cols = builder_.spec(all).cols;
    const BufferId wanted = builder_.add_buffer(std::string(name), cols, RowCount::logit_rows);
    builder_.emplace<GatherLogitRowsOp>(all, wanted, cols);
    edges_[family.has_head() ? name : kHidden] = wanted;
  }

  const Model& model_;
  const ModelConfig& config_;
  const PlanOptions& options_;
  const SmallKernels& small_;
  PlanBuilder builder_;
  std::map<std::string_view, BufferId> edges_;
  std::map<LayerRope, BufferId> rope_angles_;
};

}  // namespace

Plan build_plan(const Model& model, const PlanOptions& options) {
  return PlanWriter(model, options).write();
}

std::vector<KvLayout> kv_layouts(const ModelConfig& config, const Family& family,
                                 const PlanOptions& options) {
  std::vector<KvLayout> layouts(static_cast<size_t>(config.n_layers));
  for (int32_t layer = 0; layer < config.n_layers; ++layer)
    for (const Part& part : family.block) {
      if (part.kind != PartKind::sequence_mixer) continue;
      const StateSpec state = mixer_of(part).state(mixer_spec(config, options, layer));
      if (state.kind == StateSpec::Kind::paged_kv)
        layouts[static_cast<size_t>(layer)] = state.layout;
    }
  return layouts;
}

}  // namespace caracal
