#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer/pipeline/pipeline_tokenizer.h"
#include "text/tokenizer/special_tokens.h"
#include "text/tokenizer/text_encoder.h"
#include "text/vocab.h"

namespace caracal {

struct EncodeOptions {
  bool add_special = true;  ///< the tokens the vocabulary puts at either end (bos, eos, cls, sep)
  bool parse_special = false;  ///< control tokens written in the text become those tokens
};

struct DecodeOptions {
  bool skip_special = false;  ///< leave control and unknown tokens out
  /// The ids start a text: the space that the vocabulary put before the first word is taken off.
  /// False where they continue one (generated tokens).
  bool at_text_start = true;
};

/// Text to tokens and back. Immutable; threads may share it.
///
/// Any bytes are accepted. For byte-level vocabularies and those with byte tokens decode(encode(t))
/// == t for every t without special tokens in it (and without bytes the vocabulary lacks); unigram
/// models normalise, WordPiece loses case and spaces. The space that SentencePiece vocabularies
/// write before a word that follows a user-defined token stays visible after decoding, as in
/// llama.cpp. A vocabulary with a pipeline behaves as Hugging Face's `tokenizers` does, encode's
/// parse_special = false being its encode_special_tokens = true.
class Tokenizer {
 public:
  /// Throws Error(bad_file / unsupported) where the vocabulary contradicts itself.
  explicit Tokenizer(Vocab vocab);
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;

  /// Throws Error(bad_request) for text above 1 GiB, or with a character that the vocabulary has no
  /// way to write (no byte tokens, no unk). Takes O(n log n) time.
  std::vector<TokenId> encode(std::string_view text, EncodeOptions options = {}) const;

  /// The bytes the tokens stand for: need not be UTF-8. Throws Error(bad_request) for an id outside
  /// the vocabulary.
  std::string decode(std::span<const TokenId> ids, DecodeOptions options = {}) const;

  /// The bytes of one token as it stands inside a text; a control token gives its own name. Throws
  /// like decode.
  std::string_view piece(TokenId id) const;

  /// True for control and unknown tokens: what skip_special leaves out. Throws like decode.
  bool is_special(TokenId id) const;
  /// True for tokens that end an answer.
  bool is_stop(TokenId id) const;
  /// The token whose piece is written exactly so in the vocabulary; kNoToken when there is none.
  TokenId find(std::string_view piece) const;

  int32_t n_vocab() const { return static_cast<int32_t>(vocab_.pieces.size()); }
  /// True where a text that was decoded up to and with this token has started: what follows is no
  /// longer at_text_start. Throws like decode.
  bool starts_text(TokenId id, DecodeOptions options) const;

  /// The vocabulary it was made from; merges are dropped.
  const Vocab& vocab() const { return vocab_; }

 private:
  void check(TokenId id) const;

  void encode_plain(std::string_view text, bool parse_special, std::vector<TokenId>& out) const;

  Vocab vocab_;
  std::unique_ptr<const PipelineTokenizer> pipeline_;  // takes the place of what follows
  std::unique_ptr<SpecialTokens> special_;
  std::unique_ptr<TextEncoder> encoder_;
  std::vector<std::string> pieces_;  // by id, as bytes
};

/// Checks the vocabulary and builds the tokenizer of its kind.
std::unique_ptr<const Tokenizer> make_tokenizer(Vocab vocab);

}  // namespace caracal
