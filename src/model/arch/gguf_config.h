#pragma once
/// Hyper-parameters that most families keep under the same GGUF keys (<arch>.block_count, ...).
#include "files/gguf.h"
#include "spec/model_config.h"

namespace caracal {

/// Fills sizes, heads, context and norm epsilon; checks each against what an engine can hold. The
/// vocabulary's size comes from the embedding table. Throws Error(bad_file) naming the key.
void read_common_config(const Gguf& file, ModelConfig& config);

/// Fills config.rope from <arch>.rope.* and the tensor rope_freqs.weight.
void read_rope_config(const Gguf& file, ModelConfig& config, RopePairs pairs);

}  // namespace caracal
