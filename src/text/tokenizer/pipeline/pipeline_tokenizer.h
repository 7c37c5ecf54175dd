#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer/pipeline/added_tokens.h"
#include "text/tokenizer/pipeline/normalizer.h"
#include "text/tokenizer/pipeline/token_decoder.h"
#include "text/tokenizer/pipeline/word_cutter.h"
#include "text/tokenizer/pipeline/word_model.h"
#include "text/vocab.h"

namespace caracal {

/// Runs a vocabulary's pipeline: the ids and texts of Hugging Face's `tokenizers` library.
/// Immutable; threads may share it.
///
/// Where the words of the model are bytes (ByteLevel), bytes that are not UTF-8 are kept: each
/// ill-formed sequence is a word of its own. Elsewhere they become U+FFFD.
class PipelineTokenizer {
 public:
  /// vocab.pipeline must be there; vocab must outlive the object. Throws Error(unsupported /
  /// bad_file) for a component that cannot be used.
  explicit PipelineTokenizer(const Vocab& vocab);

  /// Appends the tokens of text, without those at either end.
  void encode(std::string_view text, bool parse_special, std::vector<TokenId>& out) const;

  /// ids: of the vocabulary. at_start: they start the text.
  std::string decode(std::span<const TokenId> ids, bool at_start) const;
  /// The bytes of one token as it stands inside a text.
  const std::string& piece(TokenId id) const { return pieces_[id]; }

 private:
  void encode_plain(std::string_view text, bool at_start, bool parse_special,
                    std::vector<TokenId>& out) const;

  const Vocab& vocab_;
  TextNormalizer normalizer_;
  WordCutter cutter_;
  std::vector<pipeline::AddedToken> added_;  // special ones first
  AddedTokenFinder raw_tokens_, normalized_tokens_;
  std::unique_ptr<const WordModel> model_;
  TokenDecoder decoder_;
  std::vector<std::string> pieces_;    // by id
  std::vector<std::string> unjoined_;  // by id, where decoder_.changes_inside()
};

}  // namespace caracal
