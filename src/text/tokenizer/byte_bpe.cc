#include "text/tokenizer/byte_bpe.h"

#include "base/error.h"
#include "base/utf8.h"
#include "text/tokenizer/byte_alphabet.h"
#include "text/tokenizer/byte_pieces.h"
#include "text/tokenizer/valid_runs.h"
#include "text/tokenizer/white_space_mark.h"
#include "text/tokenizer/word_cache.h"

namespace caracal {
namespace {

const PreTokenizer& pre_tokenizer_of(const Vocab& vocab) {
  const PreTokenizer* found = find_pre_tokenizer(vocab.pre);
  if (!found)
    throw_error(ErrorCode::unsupported, "tokenizer.ggml.pre",
                "unknown pre-tokenizer '{}'; the model needs a newer version of this program",
                vocab.pre);
  return *found;
}

}  // namespace

ByteBpe::ByteBpe(const Vocab& vocab)
    : pre_tokenizer_(pre_tokenizer_of(vocab)), splitter_(pre_tokenizer_), unk_(vocab.unk) {
  read_pieces(vocab);
  read_merges(vocab);
}

void ByteBpe::read_pieces(const Vocab& vocab) {
  for (size_t id = 0; id < vocab.pieces.size(); ++id)
    ids_.emplace(vocab.pieces[id], static_cast<TokenId>(id));
  if (pre_tokenizer_.is_raw_utf8()) {
    byte_ids_ = byte_piece_ids(vocab);
  } else {
    for (int byte = 0; byte < 256; ++byte) {
      const auto found = ids_.find(byte_to_symbol(static_cast<uint8_t>(byte)));
      byte_ids_[byte] = found == ids_.end() ? kNoToken : found->second;
    }
  }
  if (!pre_tokenizer_.keeps_whole_words()) return;
  for (size_t id = 0; id < vocab.pieces.size(); ++id) {
    if (vocab.type_of(static_cast<TokenId>(id)) != TokenType::normal) continue;
    const std::string& piece = vocab.pieces[id];
    words_.emplace(pre_tokenizer_.is_raw_utf8() ? piece : symbols_to_bytes(piece),
                   static_cast<TokenId>(id));
  }
}

void ByteBpe::read_merges(const Vocab& vocab) {
  merges_ = std::make_unique<PairTable>(vocab.merges.size());
  std::string joined;
  for (size_t rank = 0; rank < vocab.merges.size(); ++rank) {
    const std::string_view merge = vocab.merges[rank];
    // The left half may itself start with a space in files that do not use the byte alphabet.
    const size_t space = merge.find(' ', 1);
    const auto fail = [&](std::string_view what) {
      throw_error(ErrorCode::bad_file, "tokenizer.ggml.merges", "merge {} of {}, '{}': {}", rank,
                  vocab.merges.size(), sanitize_utf8(merge.substr(0, 80)), what);
    };
    if (space == std::string_view::npos || space + 1 == merge.size())
      fail("expected two pieces with a space between them");
    const auto id_of = [&](std::string_view piece, std::string_view which) {
      const auto found = ids_.find(piece);
      if (found == ids_.end()) fail(which);
      return found->second;
    };
    const std::string_view left = merge.substr(0, space), right = merge.substr(space + 1);
    joined.assign(left).append(right);
    merges_->add(id_of(left, "the left piece is not in tokenizer.ggml.tokens"),
                 id_of(right, "the right piece is not in tokenizer.ggml.tokens"),
                 {static_cast<uint32_t>(rank),
                  id_of(joined, "the joined piece is not in tokenizer.ggml.tokens")});
  }
}

TokenId ByteBpe::byte_or_unk(uint8_t byte) const {
  return byte_ids_[byte] != kNoToken ? byte_ids_[byte] : unk_;
}

void ByteBpe::add_symbols(std::string_view word, SymbolMerger& merger) const {
  merger.clear();
  for (size_t at = 0; at < word.size();) {
    const size_t begin = at;
    if (pre_tokenizer_.is_raw_utf8()) {
      next_code_point(word, at);
      if (const auto found = ids_.find(word.substr(begin, at - begin)); found != ids_.end()) {
        merger.add(static_cast<uint32_t>(begin), static_cast<uint32_t>(at - begin), found->second);
        continue;
      }
      at = begin;
    }
    const TokenId id = byte_or_unk(static_cast<uint8_t>(word[at++]));
    if (id != kNoToken) merger.add(static_cast<uint32_t>(at - 1), 1, id);
  }
}

// What one encode call keeps between words.
class ByteBpe::Session {
 public:
  Session(const ByteBpe& bpe, std::vector<TokenId>& out) : bpe_(bpe), out_(out) {}

  void encode_run(std::string_view text) {
    for (const TextRange range : bpe_.splitter_.split(text))
      encode_word(text.substr(range.begin, range.end - range.begin));
  }
  void encode_word(std::string_view word) {
    cache_.encode(word, out_, [&](std::vector<TokenId>& out) { merge_word(word, out); });
  }

 private:
  void merge_word(std::string_view word, std::vector<TokenId>& out) {
    if (bpe_.pre_tokenizer_.keeps_whole_words()) {
      if (const auto whole = bpe_.words_.find(std::string(word)); whole != bpe_.words_.end())
        return out.push_back(whole->second);
    }
    bpe_.add_symbols(word, merger_);
    merger_.merge([&](const Symbol& left, const Symbol& right) {
      return bpe_.merges_->find(left.id, right.id);
    });
    merger_.for_each([&](const Symbol& symbol) { out.push_back(symbol.id); });
  }

  const ByteBpe& bpe_;
  std::vector<TokenId>& out_;
  SymbolMerger merger_;
  WordCache cache_;
};

void ByteBpe::encode(std::string_view text, bool, std::vector<TokenId>& out) const {
  const std::string marked = pre_tokenizer_.is_raw_utf8() ? mark_white_space(text) : std::string();
  Session session(*this, out);
  for_each_valid_run(
      pre_tokenizer_.is_raw_utf8() ? std::string_view(marked) : text,
      [&](std::string_view run) { session.encode_run(run); },
      [&](std::string_view word) { session.encode_word(word); });
}

}  // namespace caracal
