#include "model/arch/gguf_config.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "base/error.h"
#include "model/arch/arch_keys.h"

namespace caracal {
namespace {

constexpr int64_t kMaxWidth = 1 << 20;
constexpr int64_t kMaxLayers = 4096;
constexpr int64_t kMaxContext = 1 << 28;

RopeScaling parse_scaling(const ArchKeys& keys) {
  const auto type = keys.text("rope.scaling.type");
  if (!type) return RopeScaling::none;
  for (RopeScaling s :
       {RopeScaling::none, RopeScaling::linear, RopeScaling::yarn, RopeScaling::longrope})
    if (*type == name_of(s)) return s;
  throw_error(ErrorCode::unsupported, keys.where("rope.scaling.type"),
              "expected none, linear, yarn or longrope, found '{}'", *type);
}

/// Divisors of the frequencies, one per rotated pair; empty when the file has no such tensor.
std::vector<float> read_rope_factors(const Gguf& file, std::string_view name, int32_t rope_dim) {
  const GgufTensor* tensor = file.find_tensor(name);
  if (!tensor) return {};
  const std::string where = std::string(file.name()) + ": " + std::string(name);
  if (tensor->type != TensorType::f32 || tensor->shape.size() != 1 ||
      tensor->shape[0] != rope_dim / 2)
    throw_error(ErrorCode::bad_file, where, "expected {} F32 numbers", rope_dim / 2);
  std::vector<float> factors(static_cast<size_t>(rope_dim / 2));
  std::memcpy(factors.data(), tensor->data.data(), tensor->data.size());
  for (float f : factors)
    if (!(f > 0) || !std::isfinite(f))
      throw_error(ErrorCode::bad_file, where, "expected positive numbers, found {}", f);
  return factors;
}

/// GGUF's numbers: -1 says nothing, 4 is the rank head of a classifier.
std::optional<Pooling> read_pooling(const ArchKeys& keys) {
  const auto type = keys.file().get_int(keys.full("pooling_type"));
  if (!type || *type == -1) return std::nullopt;
  if (*type < 0 || *type > 3)
    throw_error(ErrorCode::unsupported, keys.where("pooling_type"),
                "expected 0 (none), 1 (mean), 2 (cls) or 3 (last), found {}", *type);
  return static_cast<Pooling>(*type);
}

}  // namespace

void read_common_config(const Gguf& file, ModelConfig& c) {
  const ArchKeys keys(file, c);
  c.n_layers = keys.count("block_count", kMaxLayers);
  c.d_model = keys.count("embedding_length", kMaxWidth);
  c.layers.resize(static_cast<size_t>(c.n_layers));
  c.d_ff = keys.uniform_count("feed_forward_length", kMaxWidth);
  c.n_heads = keys.uniform_count("attention.head_count", kMaxWidth);
  c.n_kv_heads = keys.find_uniform_count("attention.head_count_kv", kMaxWidth).value_or(c.n_heads);
  if (c.n_heads % c.n_kv_heads != 0)
    throw_error(ErrorCode::bad_file, keys.where("attention.head_count_kv"),
                "{} heads cannot share {} KV heads evenly", c.n_heads, c.n_kv_heads);
  const auto key_length = keys.find_count("attention.key_length", kMaxWidth);
  if (!key_length && c.d_model % c.n_heads != 0)
    throw_error(ErrorCode::bad_file, keys.where("attention.head_count"),
                "embedding_length {} is not a multiple of {} heads", c.d_model, c.n_heads);
  c.head_dim = key_length.value_or(c.d_model / c.n_heads);
  c.v_head_dim = keys.find_count("attention.value_length", kMaxWidth).value_or(c.head_dim);
  if (int64_t{c.n_heads} * std::max(c.head_dim, c.v_head_dim) > kMaxWidth)
    throw_error(ErrorCode::bad_file, keys.where("attention.key_length"),
                "{} heads of {} are too wide", c.n_heads, c.head_dim);
  c.context_length = keys.count("context_length", kMaxContext);
  c.norm_eps = static_cast<float>(keys.number("attention.layer_norm_rms_epsilon", 1e-5, 0, 1));
  c.attn_scale = 1.0f / std::sqrt(static_cast<float>(c.head_dim));
  c.pooling = read_pooling(keys);

  const GgufTensor* table = file.find_tensor("token_embd.weight");
  if (!table || table->shape.size() != 2 || table->shape[0] < 1 || table->shape[0] > (1 << 24))
    throw_error(ErrorCode::bad_file, file.name(),
                "no usable tensor token_embd.weight [n_vocab, {}]", c.d_model);
  c.n_vocab = static_cast<int32_t>(table->shape[0]);
}

void read_rope_config(const Gguf& file, ModelConfig& c, RopePairs pairs) {
  const ArchKeys keys(file, c);
  RopeConfig& rope = c.rope;
  rope.pairs = pairs;
  rope.dim = keys.find_count("rope.dimension_count", c.head_dim).value_or(c.head_dim);
  if (rope.dim % 2 != 0)
    throw_error(ErrorCode::bad_file, keys.where("rope.dimension_count"),
                "expected an even number, found {}", rope.dim);
  rope.theta = keys.number("rope.freq_base", 10000.0, 1e-3, 1e12);
  rope.scaling = parse_scaling(keys);
  rope.factor = keys.number("rope.scaling.factor", 1.0, 1e-6, 1e6);
  if (rope.scaling == RopeScaling::none) {  // files older than rope.scaling.* say it this way
    rope.factor = keys.number("rope.scale_linear", 1.0, 1e-6, 1e6);
    if (rope.factor != 1.0) rope.scaling = RopeScaling::linear;
  }
  rope.original_context = keys.find_count("rope.scaling.original_context_length", kMaxContext)
                              .value_or(c.context_length);
  rope.yarn_attn_factor = keys.number("rope.scaling.attn_factor", 1.0, 1e-6, 1e6);
  rope.yarn_ext_factor = keys.number("rope.scaling.yarn_ext_factor", 1.0, 0, 1e3);
  rope.yarn_beta_fast = keys.number("rope.scaling.yarn_beta_fast", 32.0, 1e-6, 1e6);
  rope.yarn_beta_slow = keys.number("rope.scaling.yarn_beta_slow", 1.0, 1e-6, 1e6);

  rope.freq_factors = read_rope_factors(file, "rope_freqs.weight", rope.dim);
  rope.short_factors = read_rope_factors(file, "rope_factors_short.weight", rope.dim);
  rope.long_factors = read_rope_factors(file, "rope_factors_long.weight", rope.dim);
  if (!rope.short_factors.empty() && !rope.long_factors.empty())
    rope.scaling = RopeScaling::longrope;
  if (rope.scaling == RopeScaling::longrope &&
      (rope.short_factors.empty() || rope.long_factors.empty()))
    throw_error(
        ErrorCode::bad_file, keys.where("rope.scaling.type"),
        "longrope needs the tensors rope_factors_short.weight and rope_factors_long.weight");
}

void read_windows(const Gguf& file, ModelConfig& c, int32_t period, int32_t fallback) {
  const ArchKeys keys(file, c);
  const std::string_view key = "attention.sliding_window";
  if (file.get_int(keys.full(key)) == 0) return;  // how Phi-4 says that it has none
  const int32_t window = keys.find_count(key, kMaxContext).value_or(fallback);
  const std::string pattern = keys.full("attention.sliding_window_pattern");
  const GgufValue* listed = file.find(pattern);
  std::vector<int64_t> has_window;
  if (listed && listed->type == GgufValue::Type::array) {
    has_window = *file.get_ints(pattern);
    if (has_window.size() != c.layers.size())
      throw_error(ErrorCode::bad_file, keys.where("attention.sliding_window_pattern"),
                  "expected one entry for each of {} layers, found {}", c.n_layers,
                  has_window.size());
  } else if (listed) {
    period = keys.count("attention.sliding_window_pattern", kMaxLayers);
  }
  for (size_t i = 0; i < c.layers.size(); ++i) {
    const bool windowed = !has_window.empty() ? has_window[i] != 0
                          : period == 0       ? true
                                              : static_cast<int32_t>(i) % period < period - 1;
    if (windowed) c.layers[i].window = window;
  }
}

}  // namespace caracal
