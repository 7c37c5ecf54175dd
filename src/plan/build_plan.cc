#include "plan/build_plan.h"

#include <map>
#include <string>

#include "base/check.h"
#include "exec/ops/gather_op.h"
#include "exec/ops/norm_op.h"
#include "exec/ops/quantize_op.h"
#include "exec/ops/rope_angles_op.h"
#include "exec/plan_builder.h"
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
          .block_tokens = options.block_tokens};
}

const SequenceMixer& mixer_of(const Part& part) {
  const SequenceMixer* mixer = find_sequence_mixer(part.uses);
  CRCL_CHECK(mixer != nullptr);
  return *mixer;
}

std::unique_ptr<Operator> make_quantizer(BufferId in, BufferId out, int64_t cols, TileSpace tiles,
                                         const void* kernels) {
  return std::make_unique<QuantizeOp>(*static_cast<const SmallKernels*>(kernels), in, out, cols,
                                      tiles);
}

/// Walks the parts and emits operators; edges of the list become buffers.
class PlanWriter {
 public:
  PlanWriter(const Model& model, const PlanOptions& options)
      : model_(model),
        config_(model.config()),
        options_(options),
        small_(small_kernels(model.features())),
        builder_(options.max_rows, options.max_logit_rows) {
    builder_.set_quantizer(make_quantizer, &small_);
  }

  Plan write() {
    const Family& family = model_.family();
    if (config_.rope.dim > 0) emit_rope_angles();
    for (size_t i = 0; i < family.prologue.size(); ++i)
      emit(family.prologue[i], model_.prologue(i), 0, RowCount::step_rows);
    for (int32_t layer = 0; layer < config_.n_layers; ++layer) {
      builder_.set_label(fmt::format("layer {}", layer));
      for (size_t i = 0; i < family.block.size(); ++i)
        emit(family.block[i], model_.block(layer, i), layer, RowCount::step_rows);
    }
    builder_.set_label("head");
    gather_logit_rows(family);
    for (size_t i = 0; i < family.epilogue.size(); ++i)
      emit(family.epilogue[i], model_.epilogue(i), 0, RowCount::logit_rows);
    builder_.set_outputs(edge("hidden"), edge("logits"));
    return builder_.finish();
  }

 private:
  BufferId edge(std::string_view name) const {
    const auto it = edges_.find(name);
    CRCL_CHECK(it != edges_.end());
    return it->second;
  }

  /// The buffer a part writes: the edge itself when it adds to it, otherwise a new one, so that
  /// lifetimes stay short and memory is shared.
  BufferId output(const Part& part, RowCount rows) {
    if (part.adds) return edge(part.out);
    const Width width =
        part.kind == PartKind::embedding || part.kind == PartKind::norm ? part.n_in : part.n_out;
    const BufferId id = builder_.add_buffer(std::string(part.out), width_of(width, config_), rows);
    edges_[part.out] = id;
    return id;
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
        const WeightFormat& format = *find_weight_format(weights.source->type);
        builder_.emplace<EmbeddingOp>(format, weights.source->data.data(),
                                      width_of(part.n_in, config_), output(part, rows));
        break;
      }
      case PartKind::norm: {
        const BufferId in = edge(part.in[0]);
        builder_.emplace<RmsNormOp>(small_, in, output(part, rows), rows, weights.norm,
                                    config_.norm_eps);
        break;
      }
      case PartKind::linear: {
        const BufferId in = builder_.encoded(edge(part.in[0]), weights.linear.kernel->acts);
        builder_.emplace<LinearOp>(weights.linear, in, output(part, rows), rows, part.adds);
        break;
      }
      case PartKind::sequence_mixer: {
        const std::vector<BufferId> ids = inputs(part);
        MixerSpec spec = mixer_spec(config_, options_, layer);
        spec.features = model_.features();
        spec.inputs = ids;
        spec.rope_angles = rope_angles_;
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

  void emit_rope_angles() {
    RopeFrequencies rope = rope_frequencies(config_.rope);
    rope_angles_ = builder_.add_buffer("rope", config_.rope.dim);
    builder_.emplace<RopeAnglesOp>(std::move(rope.frequency), rope.magnitude, rope_angles_);
  }

  /// The epilogue runs only on rows whose logits are read: its first edge is gathered.
  void gather_logit_rows(const Family& family) {
    const std::string_view name = family.epilogue.front().in[0];
    const BufferId all = edge(name);
    const int64_t cols = builder_.spec(all).cols;
    const BufferId wanted = builder_.add_buffer(std::string(name), cols, RowCount::logit_rows);
    builder_.emplace<GatherLogitRowsOp>(all, wanted, cols);
    edges_[name] = wanted;
  }

  const Model& model_;
  const ModelConfig& config_;
  const PlanOptions& options_;
  const SmallKernels& small_;
  PlanBuilder builder_;
  std::map<std::string_view, BufferId> edges_;
  BufferId rope_angles_ = BufferId::none;
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
