#pragma once
#include "model/hf_tokenizer/json_node.h"
#include "model/hf_tokenizer/tokenizer_document.h"
#include "text/vocab.h"

namespace caracal {

/// Fills pieces, types, model and vocab.pipeline's model and added tokens from tokenizer.json.
/// Throws Error(bad_file) with the JSON path for what contradicts itself, Error(unsupported) for
/// models and settings this version does not run.
void read_model(const JsonNode& document, const TokenizerLists& lists, Vocab& vocab);

}  // namespace caracal
