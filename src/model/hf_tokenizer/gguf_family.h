#pragma once
#include <span>
#include <string_view>

#include "text/tokenizer/pipeline/pipeline.h"

namespace caracal {

/// The GGUF name (tokenizer.ggml.pre) of the first family in text/tokenizer/pre_tokenizers.cc that
/// cuts text as these components do: their patterns are compared with the table's, in the
/// published form or in the one the table rewrote it to. keeps_whole_words: ignore_merges.
/// Throws Error(unsupported) that names the component that no family has, or lists the patterns.
std::string_view find_gguf_family(std::span<const pipeline::PreTokenizer> steps,
                                  bool keeps_whole_words);

/// Throws Error(unsupported) that says what has no form in GGUF.
[[noreturn]] void refuse_gguf_vocab(std::string_view what);

}  // namespace caracal
