#pragma once
#include <cstdint>

#include "files/gguf_writer.h"

namespace caracal {

inline constexpr int32_t kMinVocabulary = 512;
inline constexpr int32_t kMaxVocabulary = 262144;

/// Adds the keys of a generated SentencePiece vocabulary of n_vocab pieces: unknown, BOS, EOS, 256
/// byte tokens, characters, then groups of letters, each made of two shorter pieces, frequent
/// letters first. Any text can be encoded; BOS is added in front.
void add_vocabulary(GgufHeader& header, int32_t n_vocab);

}  // namespace caracal
