#pragma once
#include "model/hf_tokenizer/json_node.h"
#include "text/vocab.h"

namespace caracal {

/// Takes from tokenizer_config.json what tokenizer.json does not say: which tokens are bos, eos,
/// unk, pad, sep, cls and mask, and whether bos and eos are put around a text (add_bos_token and
/// add_eos_token overrule the post-processor). Names that no token has are left out.
void read_tokenizer_config(const JsonNode& config, Vocab& vocab);

/// Names bos and eos by what the pipeline puts around a text, where nothing else does, and sets
/// add_bos and add_eos to what it does.
void settle_ends(Vocab& vocab);

}  // namespace caracal
