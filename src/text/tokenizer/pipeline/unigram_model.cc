#include <algorithm>
#include <array>

#include "base/error.h"
#include "text/tokenizer/best_path.h"
#include "text/tokenizer/byte_pieces.h"
#include "text/tokenizer/pipeline/word_model.h"
#include "text/tokenizer/word_cache.h"

namespace caracal {
namespace {

constexpr double kUnknownPenalty = 10;

/// The unigram language model with sums in double precision. A run of unknown characters is one
/// word for the vocabulary: a piece, byte tokens or unk.
class UnigramModel final : public WordModel {
 public:
  UnigramModel(const pipeline::Unigram& unigram, ModelPieces pieces)
      : scores_(unigram.scores), unk_(unigram.unk), byte_fallback_(unigram.byte_fallback) {
    std::vector<std::pair<std::string_view, TokenId>> entries;
    byte_pieces_.fill(kNoToken);
    // Of equal pieces the last one counts; the trie keeps the first it is given.
    for (size_t i = scores_.size(); i-- > 0;) {
      const auto id = static_cast<TokenId>(i);
      entries.emplace_back(pieces[i], id);
      const auto byte = byte_of_piece(pieces[i]);
      if (byte && byte_pieces_[*byte] == kNoToken) byte_pieces_[*byte] = id;
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    entries.erase(std::unique(entries.begin(), entries.end(), same), entries.end());
    pieces_ = ByteTrie(std::move(entries));
    unknown_score_ = *std::min_element(scores_.begin(), scores_.end()) - kUnknownPenalty;
  }

  void encode(const Words& words, std::vector<TokenId>& out) const override {
    WordCache cache;
    std::vector<Segment> segments;
    for (const TextRange range : words.ranges) {
      const std::string_view word =
          std::string_view(words.text).substr(range.begin, range.end - range.begin);
      cache.encode(word, out, [&](std::vector<TokenId>& o) { encode_word(word, segments, o); });
    }
  }

 private:
  bool is_unknown(const Segment& segment) const {
    return segment.id == kNoToken || segment.id == unk_;
  }

  void encode_word(std::string_view word, std::vector<Segment>& segments,
                   std::vector<TokenId>& out) const {
    find_best_path<double>(word, pieces_, scores_, unknown_score_, segments);
    for (size_t i = 0; i < segments.size();) {
      if (!is_unknown(segments[i])) {
        out.push_back(segments[i++].id);
        continue;
      }
      const uint32_t begin = segments[i].begin;
      while (i < segments.size() && is_unknown(segments[i])) ++i;
      spell(word.substr(begin, segments[i - 1].end - begin), out);
    }
  }

  void spell(std::string_view run, std::vector<TokenId>& out) const {
    const ByteTrie::Match match = pieces_.longest(run, 0);
    if (match.bytes == run.size()) return out.push_back(match.id);
    const bool has_bytes = byte_fallback_ && std::all_of(run.begin(), run.end(), [&](char c) {
                             return byte_pieces_[static_cast<uint8_t>(c)] != kNoToken;
                           });
    if (has_bytes) {
      for (const char c : run) out.push_back(byte_pieces_[static_cast<uint8_t>(c)]);
    } else if (unk_ != kNoToken) {
      out.push_back(unk_);
    } else {
      throw_error(ErrorCode::bad_request, "tokenizer",
                  "the vocabulary has no piece for '{}' and no unknown token", run);
    }
  }

  std::vector<double> scores_;  // by id
  ByteTrie pieces_;
  std::array<TokenId, 256> byte_pieces_;
  double unknown_score_ = 0;
  TokenId unk_;
  bool byte_fallback_;
};

}  // namespace

std::unique_ptr<const WordModel> make_word_model(const pipeline::Unigram& unigram,
                                                 ModelPieces pieces) {
  return std::make_unique<UnigramModel>(unigram, pieces);
}

}  // namespace caracal
