#pragma once
#include <string_view>
#include <vector>

#include "text/tokenizer/byte_trie.h"
#include "text/vocab.h"

namespace caracal {

/// A stretch of the input: plain text, or one special token found in it.
struct Fragment {
  std::string_view text;
  TokenId id = kNoToken;  ///< kNoToken: plain text
};

/// Finds tokens that are matched in raw text before anything else. User-defined tokens are always
/// matched; control and unknown tokens only where the caller trusts the text. Matching goes from
/// left to right and takes the longest token at each place, as Hugging Face's and SentencePiece's
/// tokenizers do. The unigram model finds its user-defined tokens itself. (llama.cpp looks for the
/// longest token of the vocabulary first; the two differ only where special tokens overlap in the
/// text.)
class SpecialTokens {
 public:
  /// vocab must outlive the object.
  explicit SpecialTokens(const Vocab& vocab);

  /// Splits text; no fragment is an empty text.
  std::vector<Fragment> split(std::string_view text, bool parse_special) const;

 private:
  ByteTrie user_defined_;
  ByteTrie all_;
  std::vector<bool> strips_before_, strips_after_;  // by id
};

}  // namespace caracal
