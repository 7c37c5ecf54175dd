#pragma once
/// The hyper-parameters of a loaded model, whatever file they came from.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caracal {

enum class RopeScaling { none, linear, yarn };
constexpr std::string_view name_of(RopeScaling s) {
  return s == RopeScaling::none ? "none" : s == RopeScaling::linear ? "linear" : "yarn";
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
  int32_t original_context = 0;   ///< context before extension (yarn)
  double yarn_ext_factor = 1.0;   ///< weight of the yarn ramp
  double yarn_attn_factor = 1.0;  ///< multiplies cos and sin
  double yarn_beta_fast = 32.0;
  double yarn_beta_slow = 1.0;
  std::vector<float> freq_factors;  ///< [dim/2], Llama 3 style divisors of each frequency; or empty
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
  float norm_eps = 1e-5f;
  float attn_scale = 0;  ///< multiplies q·k; 1/sqrt(head_dim) unless the family says otherwise
  RopeConfig rope;

  int32_t q_dim() const { return n_heads * head_dim; }
  int32_t k_dim() const { return n_kv_heads * head_dim; }
  int32_t v_dim() const { return n_kv_heads * v_head_dim; }
  int32_t attn_dim() const { return n_heads * v_head_dim; }
};

}  // namespace caracal
