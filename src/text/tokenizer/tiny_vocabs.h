#pragma once
/// Tests and fuzzing only: one small vocabulary of each kind.
#include "text/tokenizer/byte_alphabet.h"
#include "text/vocab.h"

namespace caracal::tiny {

inline TokenId add(Vocab& vocab, std::string piece, TokenType type = TokenType::normal,
                   float score = 0) {
  vocab.pieces.push_back(std::move(piece));
  vocab.types.push_back(type);
  vocab.scores.push_back(score);
  return static_cast<TokenId>(vocab.pieces.size()) - 1;
}

inline void add_byte_pieces(Vocab& vocab) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (int byte = 0; byte < 256; ++byte)
    add(vocab, {'<', '0', 'x', kHex[byte >> 4], kHex[byte & 15], '>'}, TokenType::byte);
}

inline void add_ends(Vocab& vocab) {
  vocab.unk = add(vocab, "<unk>", TokenType::unknown);
  vocab.bos = add(vocab, "<s>", TokenType::control);
  vocab.eos = add(vocab, "</s>", TokenType::control);
  vocab.stop_ids = {vocab.eos};
}

/// All bytes, "Ġt" "he" "Ġthe" "aa" "aaaa", and the special tokens <|end|> and <user>.
inline Vocab byte_bpe(std::string pre = "gpt-2") {
  Vocab vocab;
  vocab.model = TokenizerModel::byte_bpe;
  vocab.pre = std::move(pre);
  for (int byte = 0; byte < 256; ++byte)
    add(vocab, std::string(byte_to_symbol(static_cast<uint8_t>(byte))));
  const auto merge = [&](std::string left, std::string right) {
    add(vocab, left + right);
    vocab.merges.push_back(left + " " + right);
  };
  merge("\u0120", "t");
  merge("h", "e");
  merge("\u0120t", "he");
  merge("a", "a");
  merge("aa", "aa");
  vocab.eos = add(vocab, "<|end|>", TokenType::control);
  add(vocab, "<user>", TokenType::user_defined);
  vocab.stop_ids = {vocab.eos};
  return vocab;
}

/// Bytes, "▁" "t" "h" "e" "▁t" "he" "▁the" "a" "aa".
inline Vocab spm_bpe() {
  Vocab vocab;
  vocab.model = TokenizerModel::spm_bpe;
  add_ends(vocab);
  add_byte_pieces(vocab);
  float score = 0;
  for (const char* piece : {"\u2581t", "he", "\u2581the", "aa", "\u2581", "t", "h", "e", "a"})
    add(vocab, piece, TokenType::normal, score--);
  vocab.add_bos = true;
  vocab.add_space_prefix = true;
  return vocab;
}

/// "▁" "a" "b" "ab" "▁the" "the" ... with log-probabilities; with_bytes adds byte fallback.
inline Vocab unigram(bool with_bytes = true) {
  Vocab vocab;
  vocab.model = TokenizerModel::unigram;
  add_ends(vocab);
  if (with_bytes) add_byte_pieces(vocab);
  float score = -1;
  for (const char* piece : {"\u2581", "\u2581the", "ab", "a", "b", "t", "h", "e"})
    add(vocab, piece, TokenType::normal, score -= 0.5f);
  vocab.add_space_prefix = true;
  return vocab;
}

/// [UNK] [CLS] [SEP] "▁un" "aff" "able" "▁hello" "▁," and the bare letter "s".
inline Vocab wordpiece() {
  Vocab vocab;
  vocab.model = TokenizerModel::wordpiece;
  vocab.unk = add(vocab, "[UNK]", TokenType::unknown);
  vocab.cls = vocab.bos = add(vocab, "[CLS]", TokenType::control);
  vocab.sep = vocab.eos = add(vocab, "[SEP]", TokenType::control);
  for (const char* piece :
       {"\u2581un", "aff", "able", "\u2581hello", "\u2581,", "s", "\u2581\u4e2d"})
    add(vocab, piece);
  vocab.add_bos = vocab.add_eos = true;
  return vocab;
}

}  // namespace caracal::tiny
