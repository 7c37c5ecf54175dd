#pragma once
/// What a tokenizer is made of, whatever file it came from. model/vocab_gguf.cc fills it from GGUF.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "spec/token.h"

namespace caracal {

enum class TokenizerModel { spm_bpe, unigram, byte_bpe, wordpiece };
/// GGUF's tokenizer.ggml.token_type values.
enum class TokenType : uint8_t { normal = 1, unknown = 2, control = 3, user_defined = 4, unused = 5, byte = 6 };

struct Vocab {
  TokenizerModel model = TokenizerModel::byte_bpe;
  std::string pre = "default";      ///< name of the pre-tokenizer (byte_bpe)
  std::vector<std::string> pieces;  ///< by id; byte-level pieces in the GPT-2 byte alphabet
  std::vector<float> scores;        ///< empty or one per piece
  std::vector<TokenType> types;     ///< empty (all normal) or one per piece
  std::vector<std::string> merges;  ///< "left right", best first (byte_bpe)
  TokenId bos = kNoToken, eos = kNoToken, unk = kNoToken, pad = kNoToken, sep = kNoToken,
          cls = kNoToken, mask = kNoToken, eot = kNoToken;
  std::vector<TokenId> stop_ids;    ///< every id that ends an answer (eos, eot, eom, ...)
  bool add_bos = false;
  bool add_eos = false;
  bool add_space_prefix = false;
  bool remove_extra_whitespaces = false;
  bool escape_whitespaces = true;
  std::string precompiled_charsmap;  ///< SentencePiece normaliser (unigram), may be empty
};

}  // namespace caracal
