#pragma once
/// The hyper-parameters of a loaded model, whatever file they came from.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/pooling.h"

namespace caracal {

enum class RopeScaling { none, linear, yarn, longrope };
constexpr std::string_view name_of(RopeScaling s) {
  switch (s) {
    case RopeScaling::none:
      return "none";
    case RopeScaling::linear:
      return "linear";
    case RopeScaling::yarn:
      return "yarn";
    case RopeScaling::longrope:
      return "longrope";
  }
  return "none";
}

/// Which two columns of a head form a rotated pair.
enum class RopePairs {
  neighbours,  ///< (2i, 2i+1): how GGUF stores the Llama family's Q and K
  halves,      ///< (i, i + dim/2): the Hugging Face order
};

/// Rotary position embedding (Su et al. 2021) and its context extensions.
struct RopeConfig {
  int32_t dim = 0;  ///< leading columns of a head that are rotated
  double theta = 10000.0;
  RopePairs pairs = RopePairs::neighbours;
  RopeScaling scaling = RopeScaling::none;
  double factor = 1.0;            ///< context extension: positions are divided by it
  int32_t original_context = 0;   ///< context before extension (yarn, longrope)
  double yarn_ext_factor = 1.0;   ///< weight of the yarn ramp
  double yarn_attn_factor = 1.0;  ///< multiplies cos and sin, whatever the scaling
  double yarn_beta_fast = 32.0;
  double yarn_beta_slow = 1.0;
  std::vector<float> freq_factors;  ///< [dim/2], Llama 3 style divisors of each frequency; or empty
  /// longrope: what takes the place of freq_factors up to original_context, and beyond it.
  std::vector<float> short_factors, long_factors;
};

/// Which of the model's rotations a layer applies.
enum class LayerRope : uint8_t {
  main,
  local,  ///< that of layers with a window, where the family keeps two (Gemma 3)
  none,   ///< no position embedding (NoPE, Kazemnejad et al. 2023)
};

/// What differs from layer to layer.
struct LayerConfig {
  int32_t window = 0;  ///< keys a query sees, its own among them; 0: all (Beltagy et al. 2020)
  LayerRope rope = LayerRope::main;
};

struct ModelConfig {
  std::string arch;  ///< name of the family
  std::string name;  ///< as the file calls itself
  std::string licence;
  int32_t n_layers = 0;
  int32_t d_model = 0;
  int32_t n_heads = 0;
  int32_t n_kv_heads = 0;
  int32_t head_dim = 0;    ///< of queries and keys
  int32_t v_head_dim = 0;  ///< of values
  int32_t d_ff = 0;
  int32_t n_vocab = 0;
  int32_t context_length = 0;  ///< trained context
  int32_t n_token_types = 0;   ///< rows of the table of token types (encoders)
  float norm_eps = 1e-5f;
  bool causal = true;       ///< a token sees the ones before it; false: all of its text (encoders)
  float attn_scale = 0;     ///< multiplies q·k; 1/sqrt(head_dim) unless the family says otherwise
  float attn_softcap = 0;   ///< c: scores become c * tanh(score / c); 0: as they are
  float logit_softcap = 0;  ///< the same of logits
  float embedding_scale = 1.0f;  ///< multiplies token embeddings
  float residual_scale = 1.0f;   ///< multiplies what a block adds to the residual stream
  float logit_scale = 1.0f;      ///< multiplies logits
  RopeConfig rope;
  RopeConfig local_rope;            ///< LayerRope::local
  std::vector<LayerConfig> layers;  ///< one per layer
  std::optional<Pooling> pooling;   ///< how its embeddings are made, where the file says so

  int32_t q_dim() const { return n_heads * head_dim; }
  int32_t k_dim() const { return n_kv_heads * head_dim; }
  int32_t v_dim() const { return n_kv_heads * v_head_dim; }
  int32_t attn_dim() const { return n_heads * v_head_dim; }
};

}  // namespace caracal
