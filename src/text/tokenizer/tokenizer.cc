#include "text/tokenizer/tokenizer.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "text/tokenizer/byte_alphabet.h"
#include "text/tokenizer/byte_bpe.h"
#include "text/tokenizer/byte_pieces.h"
#include "text/tokenizer/spm_bpe.h"
#include "text/tokenizer/unigram.h"
#include "text/tokenizer/white_space_mark.h"
#include "text/tokenizer/wordpiece.h"

namespace caracal {
namespace {

constexpr size_t kMaxTextBytes = size_t{1} << 30;

void check_length(std::string_view name, size_t found, size_t expected) {
  if (found != 0 && found != expected)
    throw_error(ErrorCode::bad_file, name, "expected {} entries, one per token, found {}", expected,
                found);
}

void check_id(std::string_view name, TokenId id, size_t n_vocab) {
  if (id != kNoToken && (id < 0 || static_cast<size_t>(id) >= n_vocab))
    throw_error(ErrorCode::bad_file, name, "expected an id below {}, found {}", n_vocab, id);
}

void check_pipeline(const TokenPipeline& pipeline, size_t n_vocab) {
  for (const auto* ids : {&pipeline.prefix, &pipeline.suffix})
    for (const TokenId id : *ids) check_id("post-processor", id, n_vocab);
  for (const pipeline::AddedToken& token : pipeline.added_tokens)
    check_id("added token", token.id, n_vocab);
}

// What every kind relies on: lengths, ids, finite scores.
Vocab checked(Vocab vocab) {
  const size_t n = vocab.pieces.size();
  if (n == 0 || n > size_t{1} << 30)
    throw_error(ErrorCode::bad_file, "tokenizer", "expected 1 to 2^30 tokens, found {}", n);
  check_length("token scores", vocab.scores.size(), n);
  check_length("token types", vocab.types.size(), n);
  const std::pair<std::string_view, TokenId> named[] = {
      {"bos token", vocab.bos},       {"eos token", vocab.eos}, {"unknown token", vocab.unk},
      {"padding token", vocab.pad},   {"cls token", vocab.cls}, {"mask token", vocab.mask},
      {"separator token", vocab.sep}, {"eot token", vocab.eot}, {"eom token", vocab.eom}};
  for (const auto& [name, id] : named) check_id(name, id, n);
  for (const auto* ids : {&vocab.stop_ids, &vocab.strip_before, &vocab.strip_after})
    for (const TokenId id : *ids) {
      check_id("special token", id, n);
      if (id == kNoToken) throw_error(ErrorCode::bad_file, "special token", "expected an id");
    }
  for (size_t id = 0; id < vocab.scores.size(); ++id)
    if (!std::isfinite(vocab.scores[id]))
      throw_error(ErrorCode::bad_file, "token scores", "the score of token {} is not finite", id);
  if (vocab.pipeline) check_pipeline(*vocab.pipeline, n);
  if (vocab.add_bos && vocab.bos == kNoToken)
    throw_error(ErrorCode::bad_file, "bos token", "the vocabulary adds it to text but has none");
  if (vocab.add_eos && vocab.eos == kNoToken)
    throw_error(ErrorCode::bad_file, "eos token", "the vocabulary adds it to text but has none");
  std::sort(vocab.stop_ids.begin(), vocab.stop_ids.end());
  return vocab;
}

std::unique_ptr<TextEncoder> make_encoder(const Vocab& vocab) {
  switch (vocab.model) {
    case TokenizerModel::spm_bpe:
      return std::make_unique<SpmBpe>(vocab);
    case TokenizerModel::unigram:
      return std::make_unique<Unigram>(vocab);
    case TokenizerModel::byte_bpe:
      return std::make_unique<ByteBpe>(vocab);
    case TokenizerModel::wordpiece:
      return std::make_unique<WordPiece>(vocab);
  }
  throw Error(ErrorCode::internal, "unknown tokenizer model");
}

bool spells_bytes(const Vocab& vocab) {
  if (vocab.model != TokenizerModel::byte_bpe) return false;
  const PreTokenizer* pre = find_pre_tokenizer(vocab.pre);
  return pre && !pre->is_raw_utf8();
}

std::string bytes_of(const std::string& piece, TokenType type, bool byte_level) {
  switch (type) {
    case TokenType::control:
    case TokenType::unknown:
    case TokenType::user_defined:
      return piece;
    case TokenType::byte:
      if (const auto byte = byte_of_piece(piece)) return std::string(1, static_cast<char>(*byte));
      [[fallthrough]];
    case TokenType::normal:
    case TokenType::unused:
      break;
  }
  return byte_level ? symbols_to_bytes(piece) : unmark_white_space(piece);
}

// WordPiece marks the start of every word, SentencePiece that of the first when it adds a space.
bool opens_with_space(const Vocab& vocab) {
  return vocab.model == TokenizerModel::wordpiece ||
         (vocab.model != TokenizerModel::byte_bpe && vocab.add_space_prefix);
}

struct Ends {
  std::vector<TokenId> prefix, suffix;
};

// The tokens around a text.
Ends ends_of(const Vocab& vocab) {
  if (vocab.pipeline) return {vocab.pipeline->prefix, vocab.pipeline->suffix};
  const bool is_bert = vocab.model == TokenizerModel::wordpiece;
  Ends ends;
  if (vocab.add_bos) ends.prefix = {is_bert && vocab.cls != kNoToken ? vocab.cls : vocab.bos};
  if (vocab.add_eos) ends.suffix = {is_bert && vocab.sep != kNoToken ? vocab.sep : vocab.eos};
  return ends;
}

// What only the construction of a tokenizer needs.
void drop_model(TokenPipeline& pipeline) {
  pipeline.model = {};
  for (pipeline::Normalizer& normalizer : pipeline.normalizers)
    if (auto* rules = std::get_if<pipeline::Precompiled>(&normalizer)) rules->charsmap = {};
}

}  // namespace

Tokenizer::Tokenizer(Vocab vocab) : vocab_(checked(std::move(vocab))) {
  if (vocab_.pipeline) {
    pipeline_ = std::make_unique<const PipelineTokenizer>(vocab_);
    drop_model(*vocab_.pipeline);
    return;
  }
  special_ = std::make_unique<SpecialTokens>(vocab_);
  encoder_ = make_encoder(vocab_);
  const bool byte_level = spells_bytes(vocab_);
  pieces_.reserve(vocab_.pieces.size());
  for (size_t id = 0; id < vocab_.pieces.size(); ++id)
    pieces_.push_back(
        bytes_of(vocab_.pieces[id], vocab_.type_of(static_cast<TokenId>(id)), byte_level));
  vocab_.merges = {};
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, EncodeOptions options) const {
  if (text.size() > kMaxTextBytes)
    throw_error(ErrorCode::bad_request, "tokenizer", "expected at most {} bytes of text, found {}",
                kMaxTextBytes, text.size());
  const auto [prefix, suffix] = ends_of(vocab_);
  std::vector<TokenId> ids;
  if (options.add_special) ids = prefix;
  if (pipeline_)
    pipeline_->encode(text, options.parse_special, ids);
  else
    encode_plain(text, options.parse_special, ids);
  if (options.add_special) ids.insert(ids.end(), suffix.begin(), suffix.end());
  return ids;
}

void Tokenizer::encode_plain(std::string_view text, bool parse_special,
                             std::vector<TokenId>& out) const {
  bool opens = true;
  for (const Fragment& fragment : special_->split(text, parse_special)) {
    if (fragment.id != kNoToken) {
      out.push_back(fragment.id);
    } else {
      encoder_->encode(fragment.text, opens, out);
    }
    opens = fragment.id != kNoToken;
  }
}

std::string Tokenizer::decode(std::span<const TokenId> ids, DecodeOptions options) const {
  if (pipeline_) {
    std::vector<TokenId> kept;
    for (const TokenId id : ids)
      if (!is_special(id) || !options.skip_special) kept.push_back(id);
    return pipeline_->decode(kept, options.at_text_start);
  }
  bool drop_space = options.at_text_start && opens_with_space(vocab_);
  std::string out;
  for (const TokenId id : ids) {
    if (is_special(id)) {
      if (!options.skip_special) out += piece(id);
      continue;
    }
    std::string_view text = piece(id);
    if (drop_space && text.starts_with(' ')) text.remove_prefix(1);
    drop_space = false;
    out += text;
  }
  return out;
}

bool Tokenizer::starts_text(TokenId id, DecodeOptions options) const {
  return !is_special(id) || (pipeline_ && !options.skip_special);
}

void Tokenizer::check(TokenId id) const {
  if (id < 0 || id >= n_vocab())
    throw_error(ErrorCode::bad_request, "token id", "expected 0 to {}, found {}", n_vocab() - 1,
                id);
}

std::string_view Tokenizer::piece(TokenId id) const {
  check(id);
  return pipeline_ ? pipeline_->piece(id) : pieces_[id];
}

bool Tokenizer::is_special(TokenId id) const {
  check(id);
  const TokenType type = vocab_.type_of(id);
  return type == TokenType::control || type == TokenType::unknown;
}

bool Tokenizer::is_stop(TokenId id) const {
  return std::binary_search(vocab_.stop_ids.begin(), vocab_.stop_ids.end(), id);
}

TokenId Tokenizer::find(std::string_view piece) const {
  const auto found = std::find(vocab_.pieces.begin(), vocab_.pieces.end(), piece);
  return found == vocab_.pieces.end() ? kNoToken
                                      : static_cast<TokenId>(found - vocab_.pieces.begin());
}

std::unique_ptr<const Tokenizer> make_tokenizer(Vocab vocab) {
  return std::make_unique<const Tokenizer>(std::move(vocab));
}

}  // namespace caracal
