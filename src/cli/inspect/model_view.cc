#include <algorithm>

#include "cli/inspect/views.h"
#include "model/model.h"
#include "model/open_checkpoint.h"
#include "model/vocab_hf.h"

namespace caracal::cli {
namespace {

void add_shape(Report& report, const ModelConfig& c) {
  report.add_fact("n_layers", c.n_layers);
  report.add_fact("d_model", c.d_model);
  report.add_fact("n_heads", c.n_heads);
  report.add_fact("n_kv_heads", c.n_kv_heads);
  report.add_fact("head_dim", c.head_dim);
  report.add_fact("d_ff", c.d_ff);
  report.add_fact("n_vocab", c.n_vocab);
  report.add_fact("context_length", c.context_length);
  report.add_fact("norm_eps", c.norm_eps);
}

/// What the family does besides; only what differs from the plain block is shown.
void add_extras(Report& report, const ModelConfig& c) {
  const auto windowed = std::ranges::count_if(c.layers, [](auto& l) { return l.window > 0; });
  const auto unrotated = std::ranges::count(c.layers, LayerRope::none, &LayerConfig::rope);
  if (windowed > 0) {
    const auto first = std::ranges::find_if(c.layers, [](auto& l) { return l.window > 0; });
    report.add_fact("sliding_window", first->window);
    report.add_fact("layers_with_window", windowed);
  }
  if (unrotated > 0) report.add_fact("layers_without_rope", unrotated);
  if (c.local_rope.dim > 0) report.add_fact("rope_theta_local", c.local_rope.theta);
  if (c.attn_softcap > 0) report.add_fact("attn_softcap", c.attn_softcap);
  if (c.logit_softcap > 0) report.add_fact("logit_softcap", c.logit_softcap);
  if (c.embedding_scale != 1) report.add_fact("embedding_scale", c.embedding_scale);
  if (c.residual_scale != 1) report.add_fact("residual_scale", c.residual_scale);
  if (c.logit_scale != 1) report.add_fact("logit_scale", c.logit_scale);
}

void add_rope(Report& report, const RopeConfig& rope) {
  report.add_fact("rope_dim", rope.dim);
  report.add_fact("rope_theta", rope.theta);
  report.add_fact("rope_scaling", name_of(rope.scaling));
  if (rope.scaling != RopeScaling::none) report.add_fact("rope_factor", rope.factor);
  if (!rope.freq_factors.empty()) report.add_fact("rope_freq_factors", true);
}

void add_tokenizer(Report& report, const Gguf& file) {
  const auto model = file.get_string("tokenizer.ggml.model");
  const bool as_is = !model && file.find(kHfTokenizerKey);
  report.add_fact("tokenizer", model.value_or(as_is ? "tokenizer.json" : "none"));
  if (model)
    report.add_fact("pre_tokenizer", file.get_string("tokenizer.ggml.pre").value_or("default"));
}

}  // namespace

Report inspect_model(const EngineOptions& options) {
  const Gguf file = open_outline(options.model.required_path());
  const ModelConfig config = read_model_config(file, options.engine.rope_override());
  Report report;
  report.add_fact("name", config.name);
  report.add_fact("architecture", config.arch);
  report.add_fact("licence", config.licence);
  report.add_fact("gguf_version", file.version());
  report.add_fact("files", file.n_shards());
  report.add_fact("file_bytes", file.file_bytes(), Report::Unit::bytes);
  report.add_fact("parameters", file.n_parameters());
  add_shape(report, config);
  add_rope(report, config.rope);
  add_extras(report, config);
  add_tokenizer(report, file);
  report.add_fact("chat_template", file.get_string("tokenizer.chat_template").has_value());
  report.start_table("metadata", {{"key"}, {"type"}, {"value"}});
  for (const auto& [key, value] : file.metadata())
    report.add_row({std::string(key), name_of(value.type), to_text(value)});
  return report;
}

}  // namespace caracal::cli
