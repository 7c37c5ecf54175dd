#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer/byte_trie.h"
#include "text/tokenizer/charsmap.h"
#include "text/tokenizer/text_encoder.h"
#include "text/vocab.h"

namespace caracal {

/// The unigram language model (Kudo 2018, "Subword regularization", sec. 3.2): text is normalised,
/// then the segmentation with the highest sum of scores is found (Viterbi). A character that no
/// piece covers costs the lowest score minus 10 and becomes byte tokens where the vocabulary has
/// all of them, else unk, one for a run. User-defined pieces score 0. Bytes that are not UTF-8
/// become U+FFFD, as in SentencePiece.
class Unigram final : public TextEncoder {
 public:
  /// vocab must outlive the encoder. Throws Error(bad_file) when it has no scores, no unk, or a
  /// damaged charsmap.
  explicit Unigram(const Vocab& vocab);

  void encode(std::string_view text, bool opens, std::vector<TokenId>& out) const override;

  /// The text the model segments. Exposed for tests.
  std::string normalize(std::string_view text) const;

 private:
  void spell(std::string_view character, std::vector<TokenId>& out, bool& after_unk) const;

  ByteTrie pieces_;
  ByteTrie user_defined_;
  std::vector<float> scores_;  // by id
  float unknown_score_;
  Charsmap charsmap_;
  bool add_space_prefix_, remove_extra_whitespaces_, escape_whitespaces_;
  bool has_all_bytes_;
  std::array<TokenId, 256> byte_ids_;
  TokenId unk_;
};

}  // namespace caracal
