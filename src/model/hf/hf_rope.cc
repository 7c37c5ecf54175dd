#include "model/hf/hf_rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "files/byte_reader.h"

namespace caracal {
namespace {

/// The settings of one rotation and where else config.json keeps them.
class Rotation {
 public:
  Rotation(const HfConfig& config, std::optional<HfConfig> parameters)
      : config_(config), parameters_(std::move(parameters)) {}

  std::string type() const {
    if (!parameters_) return "default";
    const auto type = parameters_->find_text("rope_type");
    return type ? *type : parameters_->find_text("type").value_or("default");
  }
  std::optional<double> theta() const {
    const auto theta = parameters_ ? parameters_->find_number("rope_theta") : std::nullopt;
    return theta ? theta : config_.find_number("rope_theta");
  }
  /// Of a setting that the parameters must have.
  const HfConfig& parameters() const { return *parameters_; }

  /// Positive.
  double positive(std::string_view key) const {
    const double value = parameters_->number(key);
    if (!(value > 0)) parameters_->refuse(key, "a positive number");
    return value;
  }
  int32_t context() const { return config_.count("max_position_embeddings"); }
  int32_t original_context() const {
    for (const HfConfig* place : {&*parameters_, &config_})
      if (const auto n = place->find_count("original_max_position_embeddings")) return *n;
    return context();
  }
  double partial() const {
    const auto share =
        parameters_ ? parameters_->find_number("partial_rotary_factor") : std::nullopt;
    return share ? *share : config_.find_number("partial_rotary_factor").value_or(1.0);
  }

 private:
  const HfConfig& config_;
  std::optional<HfConfig> parameters_;
};

struct Rotations {
  Rotation main;
  std::optional<double> local_theta;
};

Rotations find_rotations(const HfConfig& config) {
  auto parameters = config.find_object("rope_parameters");
  if (!parameters) parameters = config.find_object("rope_scaling");
  std::optional<double> local_theta = config.find_number("rope_local_base_freq");
  if (parameters && parameters->has("sliding_attention")) {
    const auto local = parameters->find_object("sliding_attention");
    if (const auto theta = local->find_number("rope_theta")) local_theta = theta;
    const Rotation rotation(config, local);
    if (rotation.type() != "default")
      throw_error(ErrorCode::unsupported, local->where("rope_type"),
                  "expected default for layers with a window, found {}", rotation.type());
  }
  if (parameters && parameters->has("full_attention"))
    parameters = parameters->find_object("full_attention");
  return {Rotation(config, std::move(parameters)), local_theta};
}

using Factors = std::vector<MadeTensor>;

Factors write_linear(const Rotation& rope, ArchWriter& keys) {
  keys.text("rope.scaling.type", "linear");
  keys.number("rope.scaling.factor", rope.positive("factor"));
  return {};
}

/// Peng et al. 2023. GGUF's attn_factor multiplies the paper's 1 + 0.1 ln(factor), Hugging Face's
/// attention_factor takes its place.
Factors write_yarn(const Rotation& rope, ArchWriter& keys) {
  const HfConfig& p = rope.parameters();
  for (const char* key : {"mscale", "mscale_all_dim"})
    if (p.has(key)) p.refuse(key, "no such setting", ErrorCode::unsupported);
  if (!p.find_flag("truncate").value_or(true)) p.refuse("truncate", "true", ErrorCode::unsupported);
  const double factor = rope.positive("factor");
  keys.text("rope.scaling.type", "yarn");
  keys.number("rope.scaling.factor", factor);
  keys.count("rope.scaling.original_context_length", rope.original_context());
  if (const auto magnitude = p.find_number("attention_factor"))
    keys.number("rope.scaling.attn_factor",
                *magnitude / (1 + 0.1 * std::log(std::max(1.0, factor))));
  if (const auto beta = p.find_number("beta_fast"))
    keys.number("rope.scaling.yarn_beta_fast", *beta);
  if (const auto beta = p.find_number("beta_slow"))
    keys.number("rope.scaling.yarn_beta_slow", *beta);
  return {};
}

/// Grattafiori et al. 2024 (Llama 3.1): long waves are stretched by the factor, short ones stay,
/// between them the reciprocal goes over linearly in the number of turns.
float llama3_divisor(double wavelength, double factor, double low, double high, double context) {
  const double turns = context / wavelength;
  if (turns > high) return 1.0f;
  if (turns < low) return static_cast<float>(factor);
  const double kept = (turns - low) / (high - low);
  return static_cast<float>(1.0 / ((1.0 - kept) / factor + kept));
}

Factors make_llama3(const Rotation& rope, double theta, int32_t dim) {
  const double factor = rope.positive("factor");
  const double low = rope.positive("low_freq_factor"), high = rope.positive("high_freq_factor");
  if (!(high > low)) rope.parameters().refuse("high_freq_factor", "more than low_freq_factor");
  std::vector<float> divisors;
  for (int32_t i = 0; i < dim; i += 2) {
    const double wavelength = 2 * std::numbers::pi * std::pow(theta, double(i) / dim);
    divisors.push_back(llama3_divisor(wavelength, factor, low, high, rope.original_context()));
  }
  return {{"rope_freqs.weight", std::move(divisors)}};
}

/// Ding et al. 2024 (LongRoPE): one list of divisors up to the original context, one beyond it.
Factors write_longrope(const Rotation& rope, int32_t dim, ArchWriter& keys) {
  const HfConfig& p = rope.parameters();
  const auto read = [&](std::string_view key) {
    const auto list = p.find_numbers(key);
    if (!list || list->size() != static_cast<size_t>(dim / 2))
      p.refuse(key, fmt::format("a list of {} numbers", dim / 2));
    for (double divisor : *list)
      if (!(divisor > 0)) p.refuse(key, "positive numbers");
    return std::vector<float>(list->begin(), list->end());
  };
  const double original = rope.original_context();
  keys.count("rope.scaling.original_context_length", rope.original_context());
  const double stretch = p.find_number("factor").value_or(rope.context() / original);
  const double magnitude =
      stretch > 1 ? std::sqrt(1 + std::log(stretch) / std::log(original)) : 1.0;
  keys.number("rope.scaling.attn_factor", p.find_number("attention_factor").value_or(magnitude));
  return {{"rope_factors_long.weight", read("long_factor")},
          {"rope_factors_short.weight", read("short_factor")}};
}

}  // namespace

std::vector<MadeTensor> write_rope(const HfConfig& config, const HfRopeRules& rules,
                                   ArchWriter& keys) {
  const auto [rope, local_theta] = find_rotations(config);
  const double theta = rope.theta().value_or(rules.default_theta);
  if (!(theta > 0)) config.refuse("rope_theta", "a positive number");
  const double share = rope.partial();
  if (share != 1.0 && !rules.may_be_partial)
    config.refuse("partial_rotary_factor", "1 for this architecture", ErrorCode::unsupported);
  const auto dim = static_cast<int32_t>(rules.head_dim * std::clamp(share, 0.0, 1.0));
  if (dim < 2 || dim % 2 != 0)
    config.refuse("partial_rotary_factor",
                  fmt::format("an even number of {} columns to rotate", rules.head_dim));
  keys.number("rope.freq_base", theta);
  keys.count("rope.dimension_count", dim);
  if (local_theta) keys.number("rope.freq_base_swa", *local_theta);
  const std::string type = rope.type();
  if (type == "default" || type == "none") return {};
  if (type == "linear") return write_linear(rope, keys);
  if (type == "yarn") return write_yarn(rope, keys);
  if (type == "llama3") return make_llama3(rope, theta, dim);
  if (rules.may_be_long && (type == "longrope" || type == "su"))
    return write_longrope(rope, dim, keys);
  throw_error(ErrorCode::unsupported, rope.parameters().where("rope_type"),
              "expected default, linear, yarn{} or llama3, found {}",
              rules.may_be_long ? ", longrope" : "", in_quotes(type));
}

}  // namespace caracal
