#pragma once
/// Hyper-parameters that most families keep under the same GGUF keys (<arch>.block_count, ...).
#include "files/gguf.h"
#include "spec/model_config.h"

namespace caracal {

/// Fills sizes, heads, context, norm epsilon and one LayerConfig per layer; checks each against
/// what an engine can hold. The vocabulary's size comes from the embedding table. Throws
/// Error(bad_file) naming the key.
void read_common_config(const Gguf& file, ModelConfig& config);

/// Fills config.rope from <arch>.rope.* and the tensors rope_freqs.weight (Llama 3) or
/// rope_factors_short.weight and rope_factors_long.weight (LongRoPE).
void read_rope_config(const Gguf& file, ModelConfig& config, RopePairs pairs);

/// Gives layers the window <arch>.attention.sliding_window, or `fallback` where the file lacks the
/// key; 0 is none. Of every `period` layers all but the last get it, or all layers when period is
/// 0; the key sliding_window_pattern (a period, or one boolean per layer) takes precedence.
void read_windows(const Gguf& file, ModelConfig& config, int32_t period, int32_t fallback = 0);

}  // namespace caracal
