#pragma once
/// A tokenizer as a list of components, the way Hugging Face's `tokenizers` library describes one
/// in tokenizer.json: plain data, named as there. model/hf_tokenizer/ reads it, PipelineTokenizer
/// runs it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "spec/token.h"

namespace caracal {
namespace pipeline {

/// What a Replace or a Split looks for: a literal, or a regular expression in Oniguruma's syntax.
struct Pattern {
  std::string text;
  bool is_regex = false;
};
/// Every match becomes content, taken literally. A normalizer and a decoder.
struct Replace {
  Pattern pattern;
  std::string content;
};

// Normalizers: text to text, before it is cut.
struct UnicodeForm {
  bool compatibility = false;  ///< NFKC, NFKD
  bool composed = false;       ///< NFC, NFKC
};
struct Lowercase {};
struct Prepend {
  std::string text;
};
struct StripSpace {
  bool left = false, right = false;
};
struct StripAccents {};
struct BertNormalizer {
  bool clean_text = true, handle_chinese_chars = true, strip_accents = true, lowercase = true;
};
/// SentencePiece's compiled rules, applied to short grapheme clusters and to characters.
struct Precompiled {
  std::string charsmap;
};
using Normalizer = std::variant<UnicodeForm, Lowercase, Replace, Prepend, StripSpace, StripAccents,
                                BertNormalizer, Precompiled>;

// Pre-tokenizers: text to words.
/// What becomes of the matches of a splitting component.
enum class SplitBehavior { removed, isolated, merged_with_previous, merged_with_next, contiguous };
enum class PrependScheme { always, first, never };
/// A pre-tokenizer and a decoder.
struct Metaspace {
  std::string replacement = "\xE2\x96\x81";  ///< one character
  PrependScheme prepend_scheme = PrependScheme::always;
  bool split = true;
};
struct ByteLevel {
  bool add_prefix_space = true, use_regex = true;
};
struct Split {
  Pattern pattern;
  SplitBehavior behavior = SplitBehavior::isolated;
  bool invert = false;
};
struct Digits {
  bool individual = false;
};
struct Punctuation {
  SplitBehavior behavior = SplitBehavior::isolated;
};
struct Whitespace {};       ///< words and runs of symbols; white space is dropped
struct WhitespaceSplit {};  ///< cut at white space alone
struct BertPreTokenizer {};
using PreTokenizer = std::variant<Metaspace, ByteLevel, Split, Digits, Punctuation, Whitespace,
                                  WhitespaceSplit, BertPreTokenizer>;

// Models: words to tokens.
struct Merge {
  TokenId left = kNoToken, right = kNoToken, result = kNoToken;
};
struct Bpe {
  std::vector<Merge> merges;  ///< best first; of equal pairs the last one counts
  TokenId unk = kNoToken;
  bool fuse_unk = false;
  bool byte_fallback = false;
  bool ignore_merges = false;  ///< a word that is a piece stays whole
};
struct Unigram {
  std::vector<double> scores;  ///< one per piece of the model, by id
  TokenId unk = kNoToken;
  bool byte_fallback = false;
};
struct WordPiece {
  TokenId unk = kNoToken;
  std::string continuing_subword_prefix = "##";
  size_t max_input_chars_per_word = 100;
};
using Model = std::variant<Bpe, Unigram, WordPiece>;

// Decoders: tokens to text. Those before the first Fuse or ByteLevel see each token alone.
struct ByteLevelDecoder {};
struct ByteFallback {};
struct Fuse {};
struct WordPieceDecoder {
  std::string prefix = "##";
  bool cleanup = true;
};
struct StripDecoder {
  std::string content = " ";  ///< one character
  size_t start = 0, stop = 0;
};
using Decoder = std::variant<ByteLevelDecoder, ByteFallback, Fuse, WordPieceDecoder, Metaspace,
                             Replace, StripDecoder>;

/// A token that is matched in the text before the model sees it.
struct AddedToken {
  TokenId id = kNoToken;
  std::string content;
  bool single_word = false;     ///< only where no word character touches it
  bool lstrip = false;          ///< takes the white space before it along
  bool rstrip = false;          ///< ... and after it
  bool normalized = true;       ///< its normalised form is matched in normalised text
  bool special = false;         ///< a control token: left out by skip_special
  bool is_model_piece = false;  ///< the model's vocabulary has it as well
};

}  // namespace pipeline

struct TokenPipeline {
  std::vector<pipeline::Normalizer> normalizers;
  std::vector<pipeline::PreTokenizer> pre_tokenizers;
  pipeline::Model model;
  std::vector<TokenId> prefix, suffix;  ///< what the post-processor puts around a text
  std::vector<pipeline::Decoder> decoders;
  bool joins_with_spaces = false;  ///< there is no decoder: tokens stand apart
  std::vector<pipeline::AddedToken> added_tokens;
};

}  // namespace caracal
