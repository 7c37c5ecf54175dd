#include <array>
#include <string>
#include <unordered_map>

#include "base/utf8.h"
#include "text/tokenizer/byte_alphabet.h"
#include "text/tokenizer/byte_pieces.h"
#include "text/tokenizer/pair_table.h"
#include "text/tokenizer/pipeline/word_model.h"
#include "text/tokenizer/white_space_mark.h"
#include "text/tokenizer/word_cache.h"

namespace caracal {
namespace {

// The bytes that a piece spells in the byte alphabet; nothing for a piece with other characters,
// which no word of bytes can be.
std::string spelled_bytes(std::string_view piece) {
  std::string bytes;
  for (size_t at = 0; at < piece.size();) {
    const auto byte = symbol_to_byte(next_code_point(piece, at));
    if (!byte) return {};
    bytes += static_cast<char>(*byte);
  }
  return bytes;
}

// Where the next word starts: at a U+2581 that follows another character, or at the end.
size_t mark_after(std::string_view text, size_t begin) {
  size_t at = begin;
  while (text.substr(at).starts_with(kSpaceMark)) at += kSpaceMark.size();
  return std::min(text.find(kSpaceMark, at), text.size());
}

/// Byte-pair encoding by a list of merges, with the unknown-character rules of `tokenizers`.
class BpeModel final : public WordModel {
 public:
  BpeModel(const pipeline::Bpe& bpe, ModelPieces pieces, bool spells_bytes)
      : unk_(bpe.unk),
        fuse_unk_(bpe.fuse_unk),
        byte_fallback_(bpe.byte_fallback),
        ignore_merges_(bpe.ignore_merges),
        spells_bytes_(spells_bytes),
        merges_(bpe.merges.size()) {
    read_pieces(pieces);
    // The table keeps the first of equal pairs, the file means the last.
    for (size_t rank = bpe.merges.size(); rank-- > 0;) {
      const pipeline::Merge& merge = bpe.merges[rank];
      merges_.add(merge.left, merge.right, {static_cast<uint32_t>(rank), merge.result});
    }
    find_word_borders(bpe, pieces);
  }

  void encode(const Words& words, std::vector<TokenId>& out) const override {
    WordCache cache;
    SymbolMerger merger;
    const std::string_view text = words.text;
    const auto encode_word = [&](std::string_view word) {
      cache.encode(word, out, [&](std::vector<TokenId>& o) { merge_word(word, merger, o); });
    };
    for (const TextRange range : words.ranges) {
      const std::string_view word = text.substr(range.begin, range.end - range.begin);
      if (!marks_part_words_) {
        encode_word(word);
        continue;
      }
      for (size_t begin = 0, end; begin < word.size(); begin = end) {
        end = mark_after(word, begin);
        encode_word(word.substr(begin, end - begin));
      }
    }
  }

 private:
  void read_pieces(ModelPieces pieces) {
    byte_pieces_.fill(kNoToken);
    for (size_t i = 0; i < pieces.size(); ++i) {
      if (pieces[i].empty()) continue;
      const auto id = static_cast<TokenId>(i);
      if (const auto byte = byte_of_piece(pieces[i])) byte_pieces_[*byte] = id;
      if (!spells_bytes_) {
        pieces_.emplace(pieces[i], id);
      } else if (std::string bytes = spelled_bytes(pieces[i]); !bytes.empty()) {
        if (bytes.size() == 1 || ignore_merges_) pieces_.emplace(std::move(bytes), id);
      }
    }
    symbols_.fill(kNoToken);
    for (int c = 0; c < (spells_bytes_ ? 256 : 128); ++c)
      symbols_[c] = find(std::string(1, static_cast<char>(c)));
  }

  // A text without other borders is one word. It may be cut before every U+2581 where no merge
  // reaches over one and no run of unknown characters either: words repeat, texts do not.
  void find_word_borders(const pipeline::Bpe& bpe, ModelPieces pieces) {
    if (spells_bytes_ || ignore_merges_ || find(std::string(kSpaceMark)) == kNoToken) return;
    const bool has_all_bytes =
        std::find(byte_pieces_.begin(), byte_pieces_.end(), kNoToken) == byte_pieces_.end();
    if (byte_fallback_ && !has_all_bytes) return;
    for (const pipeline::Merge& merge : bpe.merges) {
      const std::string_view piece = pieces[merge.result];
      if (mark_after(piece, 0) != piece.size()) return;
    }
    marks_part_words_ = true;
  }

  TokenId find(const std::string& piece) const {
    const auto found = pieces_.find(piece);
    return found == pieces_.end() ? kNoToken : found->second;
  }

  // The characters of one word as symbols.
  class Symbols {
   public:
    Symbols(const BpeModel& model, SymbolMerger& merger) : model_(model), merger_(merger) {
      merger.clear();
    }
    void add_known(TokenId id) {
      flush_unknown();
      add(id);
    }
    // character: as the vocabulary would spell it.
    void add_unknown(std::string_view character) {
      if (model_.byte_fallback_ && add_bytes(character)) return;
      if (model_.unk_ == kNoToken) return;  // the character is lost
      if (!model_.fuse_unk_) flush_unknown();
      owes_unknown_ = true;
    }
    void flush_unknown() {
      if (owes_unknown_) add(model_.unk_);
      owes_unknown_ = false;
    }

   private:
    void add(TokenId id) { merger_.add(at_++, 1, id); }
    // Bytes do not end a run of unknown characters, and come before the token for it.
    bool add_bytes(std::string_view character) {
      for (const char c : character)
        if (model_.byte_pieces_[static_cast<uint8_t>(c)] == kNoToken) return false;
      for (const char c : character) add(model_.byte_pieces_[static_cast<uint8_t>(c)]);
      return true;
    }

    const BpeModel& model_;
    SymbolMerger& merger_;
    uint32_t at_ = 0;
    bool owes_unknown_ = false;
  };

  void add_symbols(std::string_view word, SymbolMerger& merger) const {
    Symbols symbols(*this, merger);
    for (size_t at = 0; at < word.size();) {
      const auto first = static_cast<uint8_t>(word[at]);
      if (spells_bytes_ || first < 0x80) {
        ++at;
        if (symbols_[first] != kNoToken)
          symbols.add_known(symbols_[first]);
        else
          symbols.add_unknown(spells_bytes_ ? byte_to_symbol(first) : word.substr(at - 1, 1));
        continue;
      }
      const size_t begin = at;
      next_code_point(word, at);
      const std::string_view character = word.substr(begin, at - begin);
      const TokenId id = find(std::string(character));
      if (id != kNoToken)
        symbols.add_known(id);
      else
        symbols.add_unknown(character);
    }
    symbols.flush_unknown();
  }

  void merge_word(std::string_view word, SymbolMerger& merger, std::vector<TokenId>& out) const {
    if (ignore_merges_)
      if (const TokenId whole = find(std::string(word)); whole != kNoToken)
        return out.push_back(whole);
    add_symbols(word, merger);
    merger.merge(
        [&](const Symbol& left, const Symbol& right) { return merges_.find(left.id, right.id); });
    merger.for_each([&](const Symbol& symbol) { out.push_back(symbol.id); });
  }

  TokenId unk_;
  bool fuse_unk_, byte_fallback_, ignore_merges_, spells_bytes_;
  bool marks_part_words_ = false;
  std::unordered_map<std::string, TokenId> pieces_;  // as words spell them
  std::array<TokenId, 256> symbols_;                 // one-byte pieces
  std::array<TokenId, 256> byte_pieces_;             // <0x00> ... <0xFF>
  PairTable merges_;
};

}  // namespace

std::unique_ptr<const WordModel> make_word_model(const pipeline::Bpe& bpe, ModelPieces pieces,
                                                 bool spells_bytes) {
  return std::make_unique<BpeModel>(bpe, pieces, spells_bytes);
}

}  // namespace caracal
