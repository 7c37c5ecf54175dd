#pragma once
#include <array>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/tokenizer/pair_table.h"
#include "text/tokenizer/splitter.h"
#include "text/tokenizer/text_encoder.h"
#include "text/vocab.h"

namespace caracal {

/// Byte-pair encoding by a list of merges (Radford et al. 2019, GPT-2; Sennrich et al. 2016): text
/// is cut into words, a word starts as one symbol per byte, then the earliest merge of the list is
/// applied again and again. Families with raw_utf8 start from UTF-8 characters instead.
///
/// Bytes that are not UTF-8 are kept: each ill-formed sequence is a word of its own, so that
/// decoding gives the input back. (llama.cpp puts U+FFFD in their place.) A byte that the
/// vocabulary has no token for becomes unk; encode throws Error(bad_request) where there is no unk
/// either.
class ByteBpe final : public TextEncoder {
 public:
  /// Throws Error(bad_file) when a merge does not join two known pieces into a known one, and
  /// Error(unsupported) when vocab.pre is unknown. vocab must outlive the encoder.
  explicit ByteBpe(const Vocab& vocab);

  void encode(std::string_view text, bool opens, std::vector<TokenId>& out) const override;

 private:
  class Session;

  void read_pieces(const Vocab& vocab);
  void read_merges(const Vocab& vocab);
  TokenId byte_or_unk(uint8_t byte) const;
  void add_symbols(std::string_view word, SymbolMerger& merger) const;

  const PreTokenizer& pre_tokenizer_;
  Splitter splitter_;
  TokenId unk_;
  std::array<TokenId, 256> byte_ids_;
  std::unordered_map<std::string_view, TokenId> ids_;  // by piece, in the vocabulary's spelling
  std::unordered_map<std::string, TokenId> words_;     // by bytes; only with ignore_merges
  std::unique_ptr<PairTable> merges_;
};

}  // namespace caracal
