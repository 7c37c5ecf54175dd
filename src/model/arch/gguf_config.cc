#include "model/arch/gguf_config.h"

#include <cmath>
#include <cstring>
#include <string>

#include "base/error.h"

namespace caracal {
namespace {

/// Keys of one architecture, with range checks.
class Keys {
 public:
  Keys(const Gguf& file, const ModelConfig& config) : file_(file), prefix_(config.arch + ".") {}

  std::optional<int32_t> find_count(std::string_view key, int64_t max) const {
    const auto value = file_.get_int(prefix_ + std::string(key));
    if (!value) return std::nullopt;
    if (*value < 1 || *value > max)
      throw_error(ErrorCode::bad_file, where(key), "expected 1 to {}, found {}", max, *value);
    return static_cast<int32_t>(*value);
  }
  int32_t count(std::string_view key, int64_t max) const {
    const auto value = find_count(key, max);
    if (!value)
      throw_error(ErrorCode::bad_file, where(key), "this key is required and the file lacks it");
    return *value;
  }
  /// The key may hold one number per layer; they must agree here.
  std::optional<int32_t> find_uniform_count(std::string_view key, int64_t max) const {
    const GgufValue* raw = file_.find(prefix_ + std::string(key));
    if (!raw || raw->type != GgufValue::Type::array) return find_count(key, max);
    const auto values = file_.get_ints(prefix_ + std::string(key));
    if (!values || values->empty() || (*values)[0] < 1 || (*values)[0] > max)
      throw_error(ErrorCode::bad_file, where(key), "expected numbers from 1 to {}", max);
    for (int64_t v : *values)
      if (v != (*values)[0])
        throw_error(ErrorCode::unsupported, where(key), "layers with different values ({} and {})",
                    (*values)[0], v);
    return static_cast<int32_t>((*values)[0]);
  }
  double number(std::string_view key, double fallback, double min, double max) const {
    const auto value = file_.get_float(prefix_ + std::string(key));
    if (!value) return fallback;
    if (!(*value >= min && *value <= max))
      throw_error(ErrorCode::bad_file, where(key), "expected {} to {}, found {}", min, max, *value);
    return *value;
  }
  std::optional<std::string_view> text(std::string_view key) const {
    return file_.get_string(prefix_ + std::string(key));
  }
  std::string where(std::string_view key) const {
    return std::string(file_.name()) + ": " + prefix_ + std::string(key);
  }

 private:
  const Gguf& file_;
  std::string prefix_;
};

constexpr int64_t kMaxWidth = 1 << 20;
constexpr int64_t kMaxLayers = 4096;
constexpr int64_t kMaxContext = 1 << 28;

RopeScaling parse_scaling(const Keys& keys) {
  const auto type = keys.text("rope.scaling.type");
  if (!type || *type == "none") return RopeScaling::none;
  if (*type == "linear") return RopeScaling::linear;
  if (*type == "yarn") return RopeScaling::yarn;
  throw_error(ErrorCode::unsupported, keys.where("rope.scaling.type"),
              "expected none, linear or yarn, found '{}'", *type);
}

}  // namespace

void read_common_config(const Gguf& file, ModelConfig& c) {
  const Keys keys(file, c);
  c.n_layers = keys.count("block_count", kMaxLayers);
  c.d_model = keys.count("embedding_length", kMaxWidth);
  c.d_ff = keys.find_uniform_count("feed_forward_length", kMaxWidth).value_or(0);
  if (c.d_ff == 0)
    throw_error(ErrorCode::bad_file, keys.where("feed_forward_length"), "this key is required");
  c.n_heads = keys.find_uniform_count("attention.head_count", kMaxWidth).value_or(0);
  if (c.n_heads == 0)
    throw_error(ErrorCode::bad_file, keys.where("attention.head_count"), "this key is required");
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

  const GgufTensor* table = file.find_tensor("token_embd.weight");
  if (!table || table->shape.size() != 2 || table->shape[0] < 1 || table->shape[0] > (1 << 24))
    throw_error(ErrorCode::bad_file, file.name(),
                "no usable tensor token_embd.weight [n_vocab, {}]", c.d_model);
  c.n_vocab = static_cast<int32_t>(table->shape[0]);
}

void read_rope_config(const Gguf& file, ModelConfig& c, RopePairs pairs) {
  const Keys keys(file, c);
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

  if (const GgufTensor* factors = file.find_tensor("rope_freqs.weight")) {
    if (factors->type != TensorType::f32 || factors->shape.size() != 1 ||
        factors->shape[0] != rope.dim / 2)
      throw_error(ErrorCode::bad_file, std::string(file.name()) + ": rope_freqs.weight",
                  "expected {} F32 numbers", rope.dim / 2);
    rope.freq_factors.resize(static_cast<size_t>(rope.dim / 2));
    std::memcpy(rope.freq_factors.data(), factors->data.data(), factors->data.size());
    for (float f : rope.freq_factors)
      if (!(f > 0) || !std::isfinite(f))
        throw_error(ErrorCode::bad_file, std::string(file.name()) + ": rope_freqs.weight",
                    "expected positive numbers, found {}", f);
  }
}

}  // namespace caracal
