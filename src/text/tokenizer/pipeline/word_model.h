#pragma once
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "text/tokenizer/pipeline/pipeline.h"
#include "text/tokenizer/pipeline/word_cutter.h"

namespace caracal {

/// How the model of a pipeline turns words into tokens. Immutable; threads may share it.
class WordModel {
 public:
  virtual ~WordModel() = default;
  /// Appends the tokens of all words. Throws Error(bad_request) for a character that a model
  /// without unknown token cannot write.
  virtual void encode(const Words& words, std::vector<TokenId>& out) const = 0;
};

/// Pieces of the model's own vocabulary, by id; empty where an id is none.
using ModelPieces = std::span<const std::string_view>;

/// spells_bytes: words are bytes that the pieces spell in GPT-2's byte alphabet.
std::unique_ptr<const WordModel> make_word_model(const pipeline::Bpe& bpe, ModelPieces pieces,
                                                 bool spells_bytes);
std::unique_ptr<const WordModel> make_word_model(const pipeline::Unigram& unigram,
                                                 ModelPieces pieces);
std::unique_ptr<const WordModel> make_word_model(const pipeline::WordPiece& wordpiece,
                                                 ModelPieces pieces);

}  // namespace caracal
