#include "text/tokenizer/spm_bpe.h"

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "text/tokenizer/byte_pieces.h"
#include "text/tokenizer/white_space_mark.h"
#include "text/tokenizer/word_cache.h"

namespace caracal {
namespace {

bool can_be_merged(TokenType type) {
  return type == TokenType::normal || type == TokenType::user_defined || type == TokenType::unused;
}

// Where the next word starts: at a U+2581 that follows another character, or at the end.
size_t word_end(std::string_view text, size_t begin) {
  size_t at = begin;
  while (text.substr(at).starts_with(kSpaceMark)) at += kSpaceMark.size();
  return std::min(text.find(kSpaceMark, at), text.size());
}

bool has_inner_mark(std::string_view piece) { return word_end(piece, 0) != piece.size(); }

}  // namespace

SpmBpe::SpmBpe(const Vocab& vocab)
    : add_space_prefix_(vocab.add_space_prefix),
      escape_whitespaces_(vocab.escape_whitespaces),
      byte_ids_(byte_piece_ids(vocab)),
      unk_(vocab.unk) {
  if (vocab.scores.size() != vocab.pieces.size())
    throw_error(ErrorCode::bad_file, "tokenizer.ggml.scores", "expected {} scores, found {}",
                vocab.pieces.size(), vocab.scores.size());
  std::vector<TokenId> by_score;
  for (size_t i = 0; i < vocab.pieces.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    if (!vocab.pieces[i].empty() && can_be_merged(vocab.type_of(id))) by_score.push_back(id);
  }
  std::stable_sort(by_score.begin(), by_score.end(),
                   [&](TokenId a, TokenId b) { return vocab.scores[a] > vocab.scores[b]; });
  uint32_t rank = 0;
  for (size_t i = 0; i < by_score.size(); ++i) {
    if (i > 0 && vocab.scores[by_score[i]] != vocab.scores[by_score[i - 1]]) ++rank;
    const std::string& piece = vocab.pieces[by_score[i]];
    pieces_.emplace(piece, Merge{rank, by_score[i]});
    max_piece_bytes_ = std::max(max_piece_bytes_, piece.size());
    words_are_apart_ = words_are_apart_ && !has_inner_mark(piece);
  }
}

Merge SpmBpe::find(std::string_view piece) const {
  if (piece.size() > max_piece_bytes_) return {};
  const auto found = pieces_.find(piece);
  return found == pieces_.end() ? Merge{} : found->second;
}

void SpmBpe::spell(std::string_view character, std::vector<TokenId>& out, bool& after_unk) const {
  for (const char c : character) {
    const TokenId id = byte_ids_[static_cast<uint8_t>(c)];
    const TokenId spelled = id != kNoToken ? id : unk_;
    if (spelled == kNoToken)
      throw_error(ErrorCode::bad_request, "tokenizer",
                  "the vocabulary has neither a piece for '{}', nor byte tokens, nor an unknown "
                  "token",
                  sanitize_utf8(character));
    if (id != kNoToken || !after_unk) out.push_back(spelled);
    after_unk = id == kNoToken;
  }
}

void SpmBpe::merge_word(std::string_view word, SymbolMerger& merger,
                        std::vector<TokenId>& out) const {
  merger.clear();
  for (size_t at = 0; at < word.size();) {
    const size_t begin = at;
    next_code_point(word, at);
    merger.add(static_cast<uint32_t>(begin), static_cast<uint32_t>(at - begin),
               find(word.substr(begin, at - begin)).result);
  }
  merger.merge([&](const Symbol& left, const Symbol& right) {
    return find(word.substr(left.begin, left.bytes + right.bytes));
  });
  bool after_unk = false;
  merger.for_each([&](const Symbol& symbol) {
    if (symbol.id == kNoToken)
      return spell(word.substr(symbol.begin, symbol.bytes), out, after_unk);
    out.push_back(symbol.id);
    after_unk = false;
  });
}

void SpmBpe::encode(std::string_view text, bool opens, std::vector<TokenId>& out) const {
  if (text.empty()) return;
  std::string marked = opens && add_space_prefix_ ? " " : "";
  marked += text;
  if (escape_whitespaces_) marked = mark_white_space(marked);
  SymbolMerger merger;
  if (!words_are_apart_) return merge_word(marked, merger, out);
  WordCache cache;
  const std::string_view rest = marked;
  for (size_t begin = 0; begin < rest.size();) {
    const size_t end = word_end(rest, begin);
    const std::string_view word = rest.substr(begin, end - begin);
    cache.encode(word, out, [&](std::vector<TokenId>& o) { merge_word(word, merger, o); });
    begin = end;
  }
}

}  // namespace caracal
