#include "model/registry.h"

#include <string>

#include "base/error.h"

namespace caracal {

std::span<const Family* const> families() {
  static const Family* const all[] = {
      &llama_family(), &qwen2_family(),   &qwen3_family(),   &gemma2_family(), &gemma3_family(),
      &phi3_family(),  &granite_family(), &smollm3_family(), &olmo2_family(),  &bert_family(),
  };
  return all;
}

const Family& find_family(std::string_view name) {
  std::string known;
  for (const Family* family : families()) {
    if (family->name == name) return *family;
    known += (known.empty() ? "" : ", ") + std::string(family->name);
  }
  throw_error(ErrorCode::unsupported, "general.architecture",
              "the model family '{}' is not supported; this version knows: {}", name, known);
}

int64_t width_of(Width width, const ModelConfig& c) {
  switch (width) {
    case Width::d_model:
      return c.d_model;
    case Width::q_dim:
      return c.q_dim();
    case Width::k_dim:
      return c.k_dim();
    case Width::v_dim:
      return c.v_dim();
    case Width::attn_dim:
      return c.attn_dim();
    case Width::head_dim:
      return c.head_dim;
    case Width::d_ff:
      return c.d_ff;
    case Width::n_vocab:
      return c.n_vocab;
    case Width::n_positions:
      return c.context_length;
    case Width::n_token_types:
      return c.n_token_types;
  }
  return 0;
}

float factor_of(Factor factor, const ModelConfig& c) {
  switch (factor) {
    case Factor::one:
      return 1.0f;
    case Factor::embedding:
      return c.embedding_scale;
    case Factor::residual:
      return c.residual_scale;
    case Factor::logit:
      return c.logit_scale;
  }
  return 1.0f;
}

}  // namespace caracal
