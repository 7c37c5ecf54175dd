#include "base/utf8.h"
#include "text/tokenizer/byte_trie.h"
#include "text/tokenizer/pipeline/word_model.h"
#include "text/tokenizer/word_cache.h"

namespace caracal {
namespace {

/// WordPiece (Devlin et al. 2019): the longest piece from the start of the word, then the longest
/// ones that continue it; a word that cannot be covered is unk as a whole.
class WordPieceModel final : public WordModel {
 public:
  WordPieceModel(const pipeline::WordPiece& wordpiece, ModelPieces pieces)
      : unk_(wordpiece.unk), max_characters_(wordpiece.max_input_chars_per_word) {
    const std::string& prefix = wordpiece.continuing_subword_prefix;
    std::vector<std::pair<std::string_view, TokenId>> starts, continuations;
    for (size_t i = 0; i < pieces.size(); ++i) {
      const auto id = static_cast<TokenId>(i);
      starts.emplace_back(pieces[i], id);
      if (pieces[i].starts_with(prefix))
        continuations.emplace_back(pieces[i].substr(prefix.size()), id);
    }
    starts_ = ByteTrie(std::move(starts));
    continuations_ = ByteTrie(std::move(continuations));
  }

  void encode(const Words& words, std::vector<TokenId>& out) const override {
    WordCache cache;
    for (const TextRange range : words.ranges) {
      const std::string_view word =
          std::string_view(words.text).substr(range.begin, range.end - range.begin);
      cache.encode(word, out, [&](std::vector<TokenId>& o) { encode_word(word, o); });
    }
  }

 private:
  bool is_too_long(std::string_view word) const {
    size_t n = 0;
    for (size_t at = 0; at < word.size() && n <= max_characters_; ++n) next_code_point(word, at);
    return n > max_characters_;
  }

  void encode_word(std::string_view word, std::vector<TokenId>& out) const {
    const size_t n_before = out.size();
    bool covered = !is_too_long(word);
    for (size_t at = 0; covered && at < word.size();) {
      const ByteTrie::Match match = (at == 0 ? starts_ : continuations_).longest(word, at);
      covered = match.bytes > 0;
      out.push_back(match.id);
      at += match.bytes;
    }
    if (covered) return;
    out.resize(n_before);
    out.push_back(unk_);
  }

  ByteTrie starts_, continuations_;
  TokenId unk_;
  size_t max_characters_;
};

}  // namespace

std::unique_ptr<const WordModel> make_word_model(const pipeline::WordPiece& wordpiece,
                                                 ModelPieces pieces) {
  return std::make_unique<WordPieceModel>(wordpiece, pieces);
}

}  // namespace caracal
