#include "text/tokenizer/pipeline/pipeline_tokenizer.h"

#include <algorithm>

#include "base/utf8.h"
#include "text/tokenizer/valid_runs.h"

namespace caracal {
namespace {

// Of equal texts the first token is the one that is found. What counts as special is the type: a
// token that is known to end an answer is a control token whatever the file says.
std::vector<pipeline::AddedToken> ordered_tokens(const Vocab& vocab) {
  std::vector<pipeline::AddedToken> tokens = vocab.pipeline->added_tokens;
  for (pipeline::AddedToken& token : tokens)
    token.special = vocab.type_of(token.id) == TokenType::control;
  std::stable_partition(tokens.begin(), tokens.end(),
                        [](const pipeline::AddedToken& token) { return token.special; });
  return tokens;
}

std::unique_ptr<const WordModel> make_model(const Vocab& vocab, bool spells_bytes) {
  std::vector<std::string_view> pieces(vocab.pieces.begin(), vocab.pieces.end());
  for (const pipeline::AddedToken& token : vocab.pipeline->added_tokens)
    if (!token.is_model_piece) pieces[token.id] = {};
  if (const auto* bpe = std::get_if<pipeline::Bpe>(&vocab.pipeline->model))
    return make_word_model(*bpe, pieces, spells_bytes);
  if (const auto* unigram = std::get_if<pipeline::Unigram>(&vocab.pipeline->model))
    return make_word_model(*unigram, pieces);
  return make_word_model(std::get<pipeline::WordPiece>(vocab.pipeline->model), pieces);
}

}  // namespace

PipelineTokenizer::PipelineTokenizer(const Vocab& vocab)
    : vocab_(vocab),
      normalizer_(vocab.pipeline->normalizers),
      cutter_(vocab.pipeline->pre_tokenizers,
              std::holds_alternative<pipeline::Bpe>(vocab.pipeline->model)),
      added_(ordered_tokens(vocab)),
      raw_tokens_(added_, normalizer_, false),
      normalized_tokens_(added_, normalizer_, true),
      model_(make_model(vocab, cutter_.leaves_bytes())),
      decoder_(*vocab.pipeline) {
  pieces_.reserve(vocab.pieces.size());
  for (const std::string& piece : vocab.pieces) {
    pieces_.push_back(decoder_.decode_token(piece, false));
    if (!decoder_.changes_inside()) continue;
    unjoined_.push_back(pieces_.back());
    pieces_.back() = decoder_.finish(std::move(pieces_.back()), false);
  }
}

void PipelineTokenizer::encode(std::string_view text, bool parse_special,
                               std::vector<TokenId>& out) const {
  std::string valid;
  if (!cutter_.leaves_bytes() && !is_valid_utf8(text)) text = valid = sanitize_utf8(text);
  for (const Fragment& fragment : raw_tokens_.split(text, parse_special)) {
    if (fragment.id != kNoToken) {
      out.push_back(fragment.id);
      continue;
    }
    bool at_start = fragment.text.data() == text.data();
    for_each_valid_run(
        fragment.text,
        [&](std::string_view run) {
          encode_plain(run, at_start, parse_special, out);
          at_start = false;
        },
        [&](std::string_view bytes) {
          const auto n = static_cast<uint32_t>(bytes.size());
          model_->encode({std::string(bytes), {{0, n}}, false}, out);
          at_start = false;
        });
  }
}

// text: valid UTF-8 with no token that is matched in raw text.
void PipelineTokenizer::encode_plain(std::string_view text, bool at_start, bool parse_special,
                                     std::vector<TokenId>& out) const {
  const std::string normal = normalizer_.normalize(text, at_start);
  for (const Fragment& fragment : normalized_tokens_.split(normal, parse_special)) {
    if (fragment.id != kNoToken) {
      out.push_back(fragment.id);
      continue;
    }
    const bool opens = at_start && fragment.text.data() == normal.data();
    model_->encode(cutter_.cut(std::string(fragment.text), opens), out);
  }
}

std::string PipelineTokenizer::decode(std::span<const TokenId> ids, bool at_start) const {
  const std::vector<std::string>& pieces = decoder_.changes_inside() ? unjoined_ : pieces_;
  std::string out;
  bool is_first = at_start;
  for (const TokenId id : ids) {
    if (is_first)
      out += decoder_.decode_token(vocab_.pieces[id], true);
    else
      out += pieces[id];
    is_first = false;
  }
  return decoder_.finish(std::move(out), at_start);
}

}  // namespace caracal
