#include "text/tokenizer/unigram.h"

#include <algorithm>

#include "base/error.h"
#include "base/utf8.h"
#include "text/tokenizer/best_path.h"
#include "text/tokenizer/byte_pieces.h"
#include "text/tokenizer/white_space_mark.h"

namespace caracal {
namespace {

constexpr float kUnknownPenalty = 10;

ByteTrie trie_of(const Vocab& vocab, std::initializer_list<TokenType> types) {
  std::vector<std::pair<std::string_view, TokenId>> entries;
  for (size_t i = 0; i < vocab.pieces.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    if (std::find(types.begin(), types.end(), vocab.type_of(id)) != types.end())
      entries.emplace_back(vocab.pieces[i], id);
  }
  return ByteTrie(std::move(entries));
}

struct ScoreRange {
  float lowest = 0, highest = 0;
};

ScoreRange normal_scores(const Vocab& vocab) {
  ScoreRange range = {std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest()};
  for (size_t i = 0; i < vocab.pieces.size(); ++i) {
    if (vocab.type_of(static_cast<TokenId>(i)) != TokenType::normal) continue;
    range.lowest = std::min(range.lowest, vocab.scores[i]);
    range.highest = std::max(range.highest, vocab.scores[i]);
  }
  return range.lowest > range.highest ? ScoreRange{} : range;
}

// SentencePiece's price of a user-defined piece: about that of the best pieces, one per byte.
float user_defined_score(std::string_view piece, float highest) {
  return static_cast<float>(static_cast<double>(piece.size()) * highest - 0.1);
}

}  // namespace

Unigram::Unigram(const Vocab& vocab)
    : scores_(vocab.scores),
      charsmap_(vocab.precompiled_charsmap),
      add_space_prefix_(vocab.add_space_prefix),
      remove_extra_whitespaces_(vocab.remove_extra_whitespaces),
      escape_whitespaces_(vocab.escape_whitespaces),
      byte_ids_(byte_piece_ids(vocab)),
      unk_(vocab.unk) {
  if (vocab.scores.size() != vocab.pieces.size())
    throw_error(ErrorCode::bad_file, "tokenizer.ggml.scores", "expected {} scores, found {}",
                vocab.pieces.size(), vocab.scores.size());
  if (unk_ == kNoToken)
    throw_error(ErrorCode::bad_file, "tokenizer.ggml.unknown_token_id",
                "a unigram vocabulary needs an unknown token");
  pieces_ = trie_of(vocab, {TokenType::normal, TokenType::user_defined, TokenType::unused});
  user_defined_ = trie_of(vocab, {TokenType::user_defined});
  const ScoreRange range = normal_scores(vocab);
  for (size_t i = 0; i < vocab.pieces.size(); ++i)
    if (vocab.type_of(static_cast<TokenId>(i)) == TokenType::user_defined)
      scores_[i] = user_defined_score(vocab.pieces[i], range.highest);
  unknown_score_ = range.lowest - kUnknownPenalty;
  has_all_bytes_ = std::find(byte_ids_.begin(), byte_ids_.end(), kNoToken) == byte_ids_.end();
}

std::string Unigram::normalize(std::string_view text) const {
  const std::string_view space = escape_whitespaces_ ? kSpaceMark : " ";
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  bool owes_space = add_space_prefix_;  // a space to write before the next character
  bool in_word = false;
  const auto append = [&](std::string_view normal) {
    for (const char c : normal) {
      const bool is_space = c == ' ';
      if (is_space && remove_extra_whitespaces_) {
        owes_space = owes_space || in_word;
        in_word = false;
        continue;
      }
      if (owes_space) out += space;
      owes_space = false;
      if (is_space)
        out += space;
      else
        out += c;
      in_word = !is_space;
    }
  };
  for (size_t at = 0; at < text.size();) {
    if (const auto kept = user_defined_.longest(text, at); kept.bytes > 0) {
      append(text.substr(at, kept.bytes));
      at += kept.bytes;
    } else if (const auto rule = charsmap_.longest(text, at); rule.bytes > 0) {
      append(rule.replacement);
      at += rule.bytes;
    } else {
      std::string character;
      append_utf8(character, next_code_point(text, at));
      append(character);
    }
  }
  return out;
}

void Unigram::spell(std::string_view character, std::vector<TokenId>& out, bool& after_unk) const {
  if (has_all_bytes_) {
    for (const char c : character) out.push_back(byte_ids_[static_cast<uint8_t>(c)]);
    return;
  }
  if (!after_unk) out.push_back(unk_);
  after_unk = true;
}

void Unigram::encode(std::string_view text, bool, std::vector<TokenId>& out) const {
  const std::string normal = normalize(text);
  std::vector<Segment> segments;
  find_best_path<float>(normal, pieces_, scores_, unknown_score_, segments);
  bool after_unk = false;
  for (const Segment& segment : segments) {
    if (segment.id == kNoToken) {
      spell(std::string_view(normal).substr(segment.begin, segment.end - segment.begin), out,
            after_unk);
    } else {
      out.push_back(segment.id);
      after_unk = false;
    }
  }
}

}  // namespace caracal
