#pragma once
#include "files/gguf.h"
#include "text/vocab.h"

namespace caracal {

/// Reads the vocabulary of a GGUF checkpoint (keys tokenizer.ggml.*; docs/formats/gguf.md). Where
/// the file leaves a special token or a rule out, the defaults are those of llama.cpp. A missing
/// pre-tokenizer name of a byte-level vocabulary means "default" and logs a warning.
///
/// stop_ids gets eos, eot, eom and the control tokens that llama.cpp ends an answer at
/// (<|im_end|>, <|eot_id|>, <end_of_turn>, ...). Tokens of that list that the file calls
/// user-defined become control tokens, so that plain text cannot hold them.
///
/// Throws Error(bad_file) with file and key where lengths differ, ids lie outside the vocabulary,
/// scores are not finite or types unknown; Error(unsupported) for tokenizer models and
/// pre-tokenizers that this version does not know. Merges are checked by the tokenizer.
Vocab read_vocab(const Gguf& gguf);

}  // namespace caracal
