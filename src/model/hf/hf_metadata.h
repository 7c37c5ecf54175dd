#pragma once
#include <vector>

#include "files/gguf_writer.h"
#include "model/hf/hf_directory.h"
#include "model/hf/hf_family.h"

namespace caracal {

/// Writes all keys of a GGUF file of this checkpoint but those of its types and its vocabulary;
/// returns the tensors that are made of numbers in config.json. Throws what write_hf_keys throws.
std::vector<MadeTensor> write_hf_metadata(const HfDirectory& directory, const HfFamily& family,
                                          GgufHeader& header);

/// Writes the tokenizer as it is, under the keys that read_vocab knows (vocab_hf.h); nothing when
/// the directory has none.
void write_hf_tokenizer(const HfDirectory& directory, GgufHeader& header);

}  // namespace caracal
