#include "synth/model_shape.h"

#include "base/error.h"
#include "synth/vocabulary.h"

namespace caracal {
namespace {

constexpr ModelShape kShapes[] = {
    {.name = "llama-1b",  // Llama 3.2 1B
     .n_layers = 16,
     .d_model = 2048,
     .d_ff = 8192,
     .n_heads = 32,
     .n_kv_heads = 8,
     .head_dim = 64,
     .rope_theta = 5e5,
     .context_length = 8192},
    {.name = "qwen-0.5b",  // the widths of Qwen2.5 0.5B: 256 does not divide d_model
     .n_layers = 24,
     .d_model = 896,
     .d_ff = 4864,
     .n_heads = 14,
     .n_kv_heads = 2,
     .head_dim = 64,
     .rope_theta = 1e6,
     .context_length = 8192},
    {.name = "llama-7b",  // Llama 2 7B
     .n_layers = 32,
     .d_model = 4096,
     .d_ff = 11008,
     .n_heads = 32,
     .n_kv_heads = 32,
     .head_dim = 128,
     .rope_theta = 1e4,
     .context_length = 4096,
     .tied_head = false},
    {.name = "smollm2-135m",
     .n_layers = 30,
     .d_model = 576,
     .d_ff = 1536,
     .n_heads = 9,
     .n_kv_heads = 3,
     .head_dim = 64,
     .rope_theta = 1e5,
     .context_length = 8192},
};

void check_range(std::string_view flag, int64_t value, int64_t low, int64_t high) {
  if (value < low || value > high)
    throw_error(ErrorCode::bad_config, flag, "expected {} to {}, found {}", low, high, value);
}

}  // namespace

std::span<const ModelShape> model_shapes() { return kShapes; }

const ModelShape* find_model_shape(std::string_view name) {
  for (const ModelShape& shape : kShapes)
    if (shape.name == name) return &shape;
  return nullptr;
}

void check_shape(const ModelShape& shape) {
  constexpr int64_t kWidest = 1 << 20;
  check_range("--layers", shape.n_layers, 1, 4096);
  check_range("--d-model", shape.d_model, 1, kWidest);
  check_range("--d-ff", shape.d_ff, 1, kWidest);
  check_range("--heads", shape.n_heads, 1, 65536);
  check_range("--kv-heads", shape.n_kv_heads, 1, shape.n_heads);
  check_range("--head-dim", shape.head_dim, 2, 4096);
  check_range("--heads times --head-dim", int64_t{shape.n_heads} * shape.head_dim, 2, kWidest);
  check_range("--context", shape.context_length, 1, 1 << 28);
  check_range("--vocab", shape.n_vocab, kMinVocabulary, kMaxVocabulary);
  if (shape.n_heads % shape.n_kv_heads != 0)
    throw_error(ErrorCode::bad_config, "--kv-heads", "expected a divisor of the {} heads, found {}",
                shape.n_heads, shape.n_kv_heads);
  if (shape.head_dim % 2 != 0)
    throw_error(ErrorCode::bad_config, "--head-dim", "expected an even number, found {}",
                shape.head_dim);
  if (!(shape.rope_theta >= 1 && shape.rope_theta <= 1e12))
    throw_error(ErrorCode::bad_config, "--rope-theta", "expected 1 to 1e12, found {}",
                shape.rope_theta);
}

}  // namespace caracal
