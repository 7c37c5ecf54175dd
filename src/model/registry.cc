#include "model/registry.h"

#include <string>

#include "base/error.h"

namespace caracal {

std::span<const Family* const> families() {
  static const Family* const all[] = {&llama_family()};
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
    case Width::d_ff:
      return c.d_ff;
    case Width::n_vocab:
      return c.n_vocab;
  }
  return 0;
}

}  // namespace caracal
