#pragma once
#include <array>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/tokenizer/merge_symbols.h"
#include "text/tokenizer/text_encoder.h"
#include "text/vocab.h"

namespace caracal {

/// SentencePiece's byte-pair encoding (Kudo & Richardson 2018; bpe_model.cc): spaces become U+2581,
/// text starts as one symbol per character, and the neighbours whose join is the best-scored piece
/// are merged until no join is a piece. Characters left over are spelled in byte tokens; a
/// vocabulary without those gives one unk for a run of them.
///
/// Control, unknown and byte tokens never come out of merging: text that looks like one stays text.
/// Bytes that are not UTF-8 are kept through the byte tokens.
class SpmBpe final : public TextEncoder {
 public:
  /// vocab must outlive the encoder. Throws Error(bad_file) when it has no scores.
  explicit SpmBpe(const Vocab& vocab);

  void encode(std::string_view text, bool opens, std::vector<TokenId>& out) const override;

 private:
  Merge find(std::string_view piece) const;
  void merge_word(std::string_view word, SymbolMerger& merger, std::vector<TokenId>& out) const;
  void spell(std::string_view character, std::vector<TokenId>& out, bool& after_unk) const;

  std::unordered_map<std::string_view, Merge> pieces_;  // priority: rank of the score
  size_t max_piece_bytes_ = 0;
  bool words_are_apart_ = true;  // no piece has U+2581 after another character
  bool add_space_prefix_, escape_whitespaces_;
  std::array<TokenId, 256> byte_ids_;
  TokenId unk_;
};

}  // namespace caracal
