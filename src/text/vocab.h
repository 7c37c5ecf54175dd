#pragma once
/// What a tokenizer is made of, whatever file it came from. model/vocab_gguf.cc fills it from GGUF,
/// model/vocab_hf.cc from tokenizer.json.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/token.h"
#include "text/tokenizer/pipeline/pipeline.h"

namespace caracal {

enum class TokenizerModel { spm_bpe, unigram, byte_bpe, wordpiece };
/// GGUF's tokenizer.ggml.token_type values.
enum class TokenType : uint8_t {
  normal = 1,
  unknown = 2,
  control = 3,       ///< <s>, <|im_end|>: never comes out of plain text
  user_defined = 4,  ///< matched in plain text before everything else
  unused = 5,
  byte = 6,  ///< <0x0A>: one byte of a character that has no piece
};

struct Vocab {
  TokenizerModel model = TokenizerModel::byte_bpe;
  std::string pre = "default";      ///< name of the pre-tokenizer (byte_bpe)
  std::vector<std::string> pieces;  ///< by id; byte-level pieces in the GPT-2 byte alphabet
  std::vector<float> scores;        ///< empty or one per piece, finite
  std::vector<TokenType> types;     ///< empty (all normal) or one per piece
  std::vector<std::string> merges;  ///< "left right", best first (byte_bpe)
  TokenId bos = kNoToken, eos = kNoToken, unk = kNoToken, pad = kNoToken, sep = kNoToken,
          cls = kNoToken, mask = kNoToken, eot = kNoToken, eom = kNoToken;
  std::vector<TokenId> stop_ids;  ///< every id that ends an answer (eos, eot, eom, ...), ascending
  std::vector<TokenId>
      strip_before;                  ///< special tokens that take the white space before them along
  std::vector<TokenId> strip_after;  ///< ... and after them (Phi-3)
  bool add_bos = false;
  bool add_eos = false;
  bool add_space_prefix = false;
  bool remove_extra_whitespaces = false;
  bool escape_whitespaces = true;    ///< spaces become U+2581 (spm_bpe, unigram)
  bool lowercase = true;             ///< wordpiece
  bool strip_accents = true;         ///< wordpiece
  std::string precompiled_charsmap;  ///< SentencePiece normaliser (unigram), may be empty
  /// The tokenizer as a list of components. Where it is there it alone says how text becomes tokens
  /// and back; above, model to charsmap then describe nothing but model, pieces, types and ids.
  std::optional<TokenPipeline> pipeline;

  TokenType type_of(TokenId id) const { return types.empty() ? TokenType::normal : types[id]; }
};

}  // namespace caracal
