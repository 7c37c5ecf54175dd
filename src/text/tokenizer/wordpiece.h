#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer/byte_trie.h"
#include "text/tokenizer/text_encoder.h"
#include "text/vocab.h"

namespace caracal {

/// BERT's WordPiece (Devlin et al. 2019; google-research/bert tokenization.py): text is cleaned,
/// lower-cased and stripped of accents, cut at white space, punctuation and around CJK characters;
/// each word is then covered by the longest pieces from its start, or becomes unk as a whole. GGUF
/// writes a piece that starts a word with U+2581 in front and one that continues it bare. Bytes
/// that are not UTF-8 are dropped, as BERT drops U+FFFD.
class WordPiece final : public TextEncoder {
 public:
  /// vocab must outlive the encoder. Throws Error(bad_file) when it has no unk.
  explicit WordPiece(const Vocab& vocab);

  void encode(std::string_view text, bool opens, std::vector<TokenId>& out) const override;

  /// The words of text, normalised. Exposed for tests.
  std::vector<std::string> words(std::string_view text) const;

 private:
  void encode_word(std::string_view word, std::vector<TokenId>& out) const;

  ByteTrie pieces_;
  TokenId unk_;
  bool lowercase_, strip_accents_;
};

}  // namespace caracal
