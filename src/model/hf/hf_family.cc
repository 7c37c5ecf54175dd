#include "model/hf/hf_family.h"

#include <algorithm>
#include <cmath>

#include "files/byte_reader.h"

namespace caracal {
namespace {

using Tensors = std::vector<MadeTensor>;

/// Sizes that config.json has under the same names for every family.
void write_sizes(const HfConfig& c, ArchWriter& keys) {
  keys.count("vocab_size", c.count("vocab_size"));
  keys.count("context_length", c.count("max_position_embeddings"));
  keys.count("embedding_length", c.count("hidden_size"));
  keys.count("block_count", c.count("num_hidden_layers"));
  keys.count("feed_forward_length", c.count("intermediate_size"));
  keys.count("attention.head_count", c.count("num_attention_heads"));
}

/// What decoders have beyond that.
void write_decoder(const HfConfig& c, ArchWriter& keys) {
  write_sizes(c, keys);
  keys.count("attention.head_count_kv",
             c.find_count("num_key_value_heads").value_or(c.count("num_attention_heads")));
  keys.number("attention.layer_norm_rms_epsilon", c.number("rms_norm_eps"));
  if (const auto head_dim = c.find_count("head_dim")) {
    keys.count("attention.key_length", *head_dim);
    keys.count("attention.value_length", *head_dim);
  }
}

/// Layers with a window, as config.json lists them; nothing where it lists none.
std::optional<std::vector<bool>> windowed_layers(const HfConfig& c) {
  const auto types = c.find_texts("layer_types");
  if (!types) return std::nullopt;
  if (types->size() != static_cast<size_t>(c.count("num_hidden_layers")))
    c.refuse("layer_types", fmt::format("{} entries, one per layer", c.count("num_hidden_layers")));
  std::vector<bool> windowed;
  for (const std::string& type : *types) {
    if (type != "sliding_attention" && type != "full_attention")
      c.refuse("layer_types", "full_attention and sliding_attention", ErrorCode::unsupported);
    windowed.push_back(type == "sliding_attention");
  }
  return windowed;
}

/// Writes the pattern of windowed layers where it is not the one that readers assume: all but the
/// last of each `period` layers.
void write_window_pattern(const HfConfig& c, int32_t period, ArchWriter& keys) {
  const int32_t said = c.find_count("sliding_window_pattern").value_or(period);
  const auto listed = windowed_layers(c);
  if (!listed) {
    if (said != period) keys.count("attention.sliding_window_pattern", said);
    return;
  }
  for (size_t i = 0; i < listed->size(); ++i)
    if ((*listed)[i] != (static_cast<int32_t>(i) % period < period - 1))
      return keys.flags("attention.sliding_window_pattern", *listed);
}

/// Families whose GGUF form has no windows.
void refuse_windows(const HfConfig& c) {
  if (!c.find_flag("use_sliding_window").value_or(false) || !c.has("sliding_window")) return;
  const auto listed = windowed_layers(c);
  const bool any = listed ? std::ranges::count(*listed, true) > 0
                          : c.find_int("max_window_layers", 0, 1 << 20).value_or(0) <
                                c.count("num_hidden_layers");
  if (any) c.refuse("use_sliding_window", "no layer with a window", ErrorCode::unsupported);
}

Tensors write_llama(const HfConfig& c, ArchWriter& keys) {
  write_decoder(c, keys);
  return write_rope(c, {.head_dim = head_dim_of(c)}, keys);
}

/// Jiang et al. 2023: every layer has the window.
Tensors write_mistral(const HfConfig& c, ArchWriter& keys) {
  write_decoder(c, keys);
  if (const auto window = c.find_count("sliding_window"))
    keys.count("attention.sliding_window", *window);
  return write_rope(c, {.head_dim = head_dim_of(c)}, keys);
}

Tensors write_qwen(const HfConfig& c, ArchWriter& keys) {
  write_decoder(c, keys);
  refuse_windows(c);
  return write_rope(c, {.head_dim = head_dim_of(c)}, keys);
}

/// GGUF files do not say how queries are scaled: readers take 1/sqrt(head_dim), and for the models
/// of 27 billion parameters, which they know by the number of layers, d_model / n_heads in place of
/// head_dim.
void check_query_scale(const HfConfig& c, int32_t head_dim, int32_t layers_of_27b) {
  const bool is_27b = c.count("num_hidden_layers") == layers_of_27b;
  const int32_t usual =
      is_27b ? c.count("hidden_size") / c.find_count("num_attention_heads").value_or(1) : head_dim;
  if (c.find_number("query_pre_attn_scalar").value_or(usual) != usual)
    c.refuse("query_pre_attn_scalar", fmt::to_string(usual), ErrorCode::unsupported);
}

Tensors write_gemma2(const HfConfig& c, ArchWriter& keys) {
  write_decoder(c, keys);
  check_query_scale(c, head_dim_of(c), 46);
  keys.number("attn_logit_softcapping", c.find_number("attn_logit_softcapping").value_or(0));
  keys.number("final_logit_softcapping", c.find_number("final_logit_softcapping").value_or(0));
  if (const auto window = c.find_count("sliding_window")) {
    keys.count("attention.sliding_window", *window);
    write_window_pattern(c, 2, keys);
  }
  return write_rope(c, {.head_dim = head_dim_of(c)}, keys);
}

/// config.json of the vision models leaves out what transformers has as a default.
Tensors write_gemma3(const HfConfig& c, ArchWriter& keys) {
  const int32_t head_dim = c.find_count("head_dim").value_or(256);
  keys.count("vocab_size", c.find_count("vocab_size").value_or(262208));
  keys.count("context_length", c.find_count("max_position_embeddings").value_or(131072));
  keys.count("embedding_length", c.count("hidden_size"));
  keys.count("block_count", c.count("num_hidden_layers"));
  keys.count("feed_forward_length", c.count("intermediate_size"));
  keys.count("attention.head_count", c.find_count("num_attention_heads").value_or(8));
  keys.count("attention.head_count_kv", c.find_count("num_key_value_heads").value_or(4));
  keys.number("attention.layer_norm_rms_epsilon", c.find_number("rms_norm_eps").value_or(1e-6));
  keys.count("attention.key_length", head_dim);
  keys.count("attention.value_length", head_dim);
  check_query_scale(c, head_dim, 62);
  if (c.has("attn_logit_softcapping"))
    c.refuse("attn_logit_softcapping", "none", ErrorCode::unsupported);
  if (c.find_flag("use_bidirectional_attention").value_or(false))
    c.refuse("use_bidirectional_attention", "false", ErrorCode::unsupported);
  if (const auto cap = c.find_number("final_logit_softcapping"))
    keys.number("final_logit_softcapping", *cap);
  if (const auto window = c.find_count("sliding_window")) {
    keys.count("attention.sliding_window", *window);
    write_window_pattern(c, 6, keys);
  }
  return write_rope(c, {.head_dim = head_dim, .default_theta = 1e6}, keys);
}

Tensors write_phi3(const HfConfig& c, ArchWriter& keys) {
  write_decoder(c, keys);
  // Readers take an absent key for the window of the first models; 0 says that there is none.
  keys.count("attention.sliding_window", c.find_count("sliding_window").value_or(0));
  return write_rope(c, {.head_dim = head_dim_of(c), .may_be_partial = true, .may_be_long = true},
                    keys);
}

Tensors write_granite(const HfConfig& c, ArchWriter& keys) {
  write_decoder(c, keys);
  keys.number("attention.scale", c.number("attention_multiplier"));
  keys.number("embedding_scale", c.number("embedding_multiplier"));
  keys.number("residual_scale", c.number("residual_multiplier"));
  keys.number("logit_scale", c.number("logits_scaling"));
  return write_rope(c, {.head_dim = head_dim_of(c)}, keys);
}

/// Every fourth layer is without rotation: GGUF files of this family do not say it.
Tensors write_smollm3(const HfConfig& c, ArchWriter& keys) {
  constexpr int32_t kPeriod = 4;
  write_decoder(c, keys);
  refuse_windows(c);
  const auto rotated = c.find_numbers("no_rope_layers");
  bool usual = rotated || c.find_count("no_rope_layer_interval").value_or(kPeriod) == kPeriod;
  for (size_t i = 0; rotated && i < rotated->size(); ++i)
    usual &= ((*rotated)[i] != 0) == ((i + 1) % kPeriod != 0);
  if (!usual)
    c.refuse(rotated ? "no_rope_layers" : "no_rope_layer_interval",
             "every fourth layer without rotation", ErrorCode::unsupported);
  return write_rope(c, {.head_dim = head_dim_of(c)}, keys);
}

Tensors write_bert(const HfConfig& c, ArchWriter& keys) {
  write_sizes(c, keys);
  keys.number("attention.layer_norm_epsilon", c.number("layer_norm_eps"));
  keys.flag("attention.causal", false);
  if (c.find_text("position_embedding_type").value_or("absolute") != "absolute")
    c.refuse("position_embedding_type", "absolute", ErrorCode::unsupported);
  return {};
}

constexpr std::string_view kTanhGelu = "gelu_pytorch_tanh";

constexpr HfFamily kFamilies[] = {
    {"LlamaForCausalLM", "llama", "silu", write_llama},
    {"MistralForCausalLM", "llama", "silu", write_mistral},
    {"Qwen2ForCausalLM", "qwen2", "silu", write_qwen},
    {"Qwen3ForCausalLM", "qwen3", "silu", write_qwen},
    {"Gemma2ForCausalLM", "gemma2", kTanhGelu, write_gemma2},
    {"Gemma3ForCausalLM", "gemma3", kTanhGelu, write_gemma3},
    {"Gemma3ForConditionalGeneration", "gemma3", kTanhGelu, write_gemma3},
    {"Phi3ForCausalLM", "phi3", "silu", write_phi3},
    {"GraniteForCausalLM", "granite", "silu", write_granite},
    {"SmolLM3ForCausalLM", "smollm3", "silu", write_smollm3},
    {"Olmo2ForCausalLM", "olmo2", "silu", write_llama},
    {"BertModel", "bert", "gelu", write_bert},
};

void check_activation(const HfFamily& family, const HfConfig& c) {
  const char* key = c.has("hidden_activation") ? "hidden_activation" : "hidden_act";
  if (c.find_text(key).value_or(std::string(family.activation)) != family.activation)
    c.refuse(key, fmt::format("{} for {}", family.activation, family.architecture),
             ErrorCode::unsupported);
}

void check_unquantised(const HfConfig& config) {
  if (!config.has("quantization_config")) return;
  const auto settings = config.find_object("quantization_config");
  throw_error(ErrorCode::unsupported, config.where("quantization_config"),
              "expected weights of F32, F16 or BF16, found weights quantised by {}",
              settings->shown("quant_method"));
}

}  // namespace

const HfFamily& find_hf_family(const HfConfig& config) {
  const auto names = config.find_texts("architectures");
  if (!names || names->empty())
    config.refuse("architectures", "the name of the model's architecture");
  std::string known;
  for (const HfFamily& family : kFamilies) {
    if (std::ranges::find(*names, family.architecture) != names->end()) return family;
    known += (known.empty() ? "" : ", ") + std::string(family.architecture);
  }
  throw_error(ErrorCode::unsupported, config.where("architectures"),
              "the architecture {} is not supported; this version knows: {}",
              in_quotes(names->front()), known);
}

HfConfig text_config_of(const HfConfig& config) {
  const auto text = config.find_object("text_config");
  return text ? *text : config;
}

int32_t head_dim_of(const HfConfig& c) {
  if (const auto head_dim = c.find_count("head_dim")) return *head_dim;
  const int32_t d_model = c.count("hidden_size"), n_heads = c.count("num_attention_heads");
  if (d_model % n_heads != 0)
    c.refuse("hidden_size", fmt::format("a multiple of {} heads", n_heads));
  return d_model / n_heads;
}

std::vector<MadeTensor> write_hf_keys(const HfFamily& family, const HfConfig& config,
                                      GgufHeader& header) {
  const HfConfig text = text_config_of(config);
  check_unquantised(config);
  check_activation(family, text);
  header.set_string("general.architecture", family.arch);
  ArchWriter keys(header, family.arch);
  return family.write_keys(text, keys);
}

}  // namespace caracal
