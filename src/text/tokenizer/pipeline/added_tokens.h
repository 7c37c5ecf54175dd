#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer/byte_trie.h"
#include "text/tokenizer/pipeline/normalizer.h"
#include "text/tokenizer/pipeline/pipeline.h"
#include "text/tokenizer/special_tokens.h"

namespace caracal {

/// Finds the added tokens of a pipeline in text: from left to right, the longest at each place, by
/// the rules of `tokenizers` (added_vocabulary.rs). Immutable; threads may share it.
class AddedTokenFinder {
 public:
  /// normalized: the tokens that are matched in normalised text (in their own normalised form)
  /// instead of those that are matched in the text as it comes. tokens must outlive the object.
  AddedTokenFinder(std::span<const pipeline::AddedToken> tokens, const TextNormalizer& normalizer,
                   bool normalized);

  /// Splits text; no plain fragment is empty. parse_special: control tokens are matched as well.
  std::vector<Fragment> split(std::string_view text, bool parse_special) const;

 private:
  std::span<const pipeline::AddedToken> tokens_;
  ByteTrie trie_;  // values are indices into tokens_
};

}  // namespace caracal
