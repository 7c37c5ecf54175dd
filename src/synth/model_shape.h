#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace caracal {

/// The dimensions of a synthetic model of the Llama architecture.
struct ModelShape {
  std::string_view name;
  int32_t n_layers = 0;
  int32_t d_model = 0;
  int32_t d_ff = 0;
  int32_t n_heads = 0;
  int32_t n_kv_heads = 0;
  int32_t head_dim = 0;
  double rope_theta = 1e4;
  int32_t context_length = 4096;
  bool tied_head = true;  ///< the embedding is the head too
  int32_t n_vocab = 32000;

  int32_t q_dim() const { return n_heads * head_dim; }
  int32_t kv_dim() const { return n_kv_heads * head_dim; }
};

/// Shapes of models that people run, by name.
std::span<const ModelShape> model_shapes();
/// nullptr for another name.
const ModelShape* find_model_shape(std::string_view name);

/// Throws Error(bad_config) that names the dimension that cannot be.
void check_shape(const ModelShape& shape);

}  // namespace caracal
