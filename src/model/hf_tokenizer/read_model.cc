#include "model/hf_tokenizer/read_model.h"

#include <algorithm>
#include <unordered_map>

#include "base/utf8.h"
#include "text/tokenizer/byte_pieces.h"

namespace caracal {
namespace {

// Ids may have gaps, but not so many that a small file takes much memory.
constexpr size_t kMostGaps = 65536;
constexpr size_t kMostPieceBytes = 1 << 16;
constexpr size_t kMostPrefixBytes = 64;
constexpr int64_t kMostWordCharacters = 1 << 20;

std::string shown(std::string_view piece) { return sanitize_utf8(piece.substr(0, 80)); }

/// Pieces by id, checked: no id twice, no piece twice.
class ModelReader {
 public:
  ModelReader(const JsonNode& document, const TokenizerLists& lists, Vocab& vocab)
      : document_(document), model_(document.at("model")), lists_(lists), vocab_(vocab) {}

  void read() {
    const std::string type = model_type();
    if (type == "Unigram")
      read_scored_pieces();
    else
      read_pieces();
    read_added_tokens();
    if (type == "BPE")
      vocab_.pipeline->model = read_bpe();
    else if (type == "Unigram")
      vocab_.pipeline->model = read_unigram();
    else if (type == "WordPiece")
      vocab_.pipeline->model = read_wordpiece();
    else
      model_.fail(ErrorCode::unsupported, "the model '{}' is not supported", shown(type));
    set_types();
  }

 private:
  // Files of the first versions do not say.
  std::string model_type() const {
    if (const auto type = model_.find("type")) return type->string();
    if (!lists_.scores.empty()) return "Unigram";
    return lists_.has_merges ? "BPE" : "WordPiece";
  }

  void check_piece(std::string_view piece) const {
    if (piece.size() > kMostPieceBytes)
      model_.fail(ErrorCode::bad_file, "vocab: expected pieces of at most {} bytes, found {}",
                  kMostPieceBytes, piece.size());
  }

  void read_pieces() {
    if (lists_.ids.empty())
      model_.fail(ErrorCode::bad_file, "expected pieces in vocab, found none");
    const size_t most = 2 * lists_.ids.size() + kMostGaps;
    ids_.reserve(lists_.ids.size());
    for (const auto& [piece, id] : lists_.ids) {
      check_piece(piece);
      if (static_cast<size_t>(id) >= most)
        model_.fail(ErrorCode::bad_file, "vocab: expected an id below {} for '{}', found {}", most,
                    shown(piece), id);
      if (!ids_.emplace(piece, static_cast<TokenId>(id)).second)
        model_.fail(ErrorCode::bad_file, "vocab: the piece '{}' is there twice", shown(piece));
      put(model_, piece, static_cast<size_t>(id));
    }
    n_model_pieces_ = lists_.ids.size();
    is_model_piece_ = is_taken_;
  }

  void put(const JsonNode& where, const std::string& piece, size_t id) {
    if (id >= vocab_.pieces.size()) {
      vocab_.pieces.resize(id + 1);
      is_taken_.resize(id + 1, false);
      is_model_piece_.resize(id + 1, false);
    }
    if (is_taken_[id])
      where.fail(ErrorCode::bad_file, "the id {} is given to '{}' and to '{}'", id,
                 shown(vocab_.pieces[id]), shown(piece));
    vocab_.pieces[id] = piece;
    is_taken_[id] = true;
  }

  // By position; a piece may be there twice, and the last one counts.
  void read_scored_pieces() {
    if (lists_.scores.empty())
      model_.fail(ErrorCode::bad_file, "expected pieces with scores in vocab, found none");
    for (size_t i = 0; i < lists_.scores.size(); ++i) {
      const std::string& piece = lists_.scores[i].first;
      check_piece(piece);
      ids_[piece] = static_cast<TokenId>(i);
      vocab_.pieces.push_back(piece);
    }
    n_model_pieces_ = vocab_.pieces.size();
    is_taken_.assign(n_model_pieces_, true);
    is_model_piece_ = is_taken_;
  }

  void read_added_tokens() {
    const auto list = document_.find("added_tokens");
    if (!list) return;
    const size_t most = vocab_.pieces.size() + kMostGaps;
    for (const JsonNode& node : list->items()) {
      pipeline::AddedToken token = read_added_token(node, static_cast<int64_t>(most));
      if (token.content.empty()) continue;
      add_token(node, std::move(token));
    }
  }

  static pipeline::AddedToken read_added_token(const JsonNode& node, int64_t most) {
    const bool special = node.at("special").boolean();
    return {.id = static_cast<TokenId>(node.at("id").integer(0, most)),
            .content = node.at("content").short_string(kMostPieceBytes),
            .single_word = node.flag("single_word", false),
            .lstrip = node.flag("lstrip", false),
            .rstrip = node.flag("rstrip", false),
            .normalized = node.flag("normalized", !special),
            .special = special};
  }

  void add_token(const JsonNode& node, pipeline::AddedToken token) {
    const auto known = ids_.find(token.content);
    if (known != ids_.end() && known->second != token.id)
      node.fail(ErrorCode::bad_file, "'{}' has the id {}, but {} in the vocabulary or above",
                shown(token.content), token.id, known->second);
    if (known == ids_.end()) {
      // `tokenizers` counts on from the vocabulary, whatever the file says.
      const size_t next = n_model_pieces_ + n_added_only_++;
      if (static_cast<size_t>(token.id) != next)
        node.fail(ErrorCode::unsupported,
                  "expected the id {} for '{}', the next that is free, found {}", next,
                  shown(token.content), token.id);
      put(node, token.content, next);
      ids_.emplace(token.content, token.id);
    }
    token.is_model_piece = is_model_piece_[token.id];
    vocab_.pipeline->added_tokens.push_back(std::move(token));
  }

  // A token that a setting of the model names.
  TokenId find_unk(std::string_view key) const {
    const auto node = model_.find(key);
    if (!node) return kNoToken;
    const std::string name = node->string();
    const auto found = ids_.find(name);
    if (found == ids_.end())
      node->fail(ErrorCode::bad_file, "'{}' is not in the vocabulary", shown(name));
    return found->second;
  }

  void refuse_text(std::string_view key) const {
    const auto node = model_.find(key);
    if (node && !node->string().empty())
      node->fail(ErrorCode::unsupported, "the setting {} of BPE is not supported", key);
  }

  pipeline::Bpe read_bpe() {
    refuse_text("continuing_subword_prefix");
    refuse_text("end_of_word_suffix");
    if (const auto dropout = model_.find("dropout"); dropout && dropout->number() != 0)
      dropout->fail(ErrorCode::unsupported, "the setting dropout of BPE is not supported");
    if (!lists_.has_merges) model_.fail(ErrorCode::bad_file, "expected merges, found none");
    pipeline::Bpe bpe{.unk = find_unk("unk_token"),
                      .fuse_unk = model_.flag("fuse_unk", false),
                      .byte_fallback = model_.flag("byte_fallback", false),
                      .ignore_merges = model_.flag("ignore_merges", false)};
    bpe.merges.reserve(lists_.merges.size());
    for (size_t i = 0; i < lists_.merges.size(); ++i) bpe.merges.push_back(read_merge(i));
    vocab_.unk = bpe.unk;
    const auto& steps = vocab_.pipeline->pre_tokenizers;
    const bool is_byte_level = std::any_of(steps.begin(), steps.end(), [](const auto& step) {
      return std::holds_alternative<pipeline::ByteLevel>(step);
    });
    vocab_.model = is_byte_level ? TokenizerModel::byte_bpe : TokenizerModel::spm_bpe;
    return bpe;
  }

  pipeline::Merge read_merge(size_t rank) const {
    const auto& [left, right] = lists_.merges[rank];
    const auto id_of = [&](const std::string& piece) {
      const auto found = ids_.find(piece);
      if (found == ids_.end() || !is_model_piece_[found->second])
        model_.fail(ErrorCode::bad_file, "merges[{}]: '{}' is not in the vocabulary", rank,
                    shown(piece));
      return found->second;
    };
    return {id_of(left), id_of(right), id_of(left + right)};
  }

  pipeline::Unigram read_unigram() {
    pipeline::Unigram unigram{.byte_fallback = model_.flag("byte_fallback", false)};
    for (const auto& [piece, score] : lists_.scores) unigram.scores.push_back(score);
    if (const auto unk = model_.find("unk_id"))
      unigram.unk =
          static_cast<TokenId>(unk->integer(0, static_cast<int64_t>(lists_.scores.size()) - 1));
    vocab_.unk = unigram.unk;
    vocab_.model = TokenizerModel::unigram;
    return unigram;
  }

  pipeline::WordPiece read_wordpiece() {
    model_.at("unk_token");
    vocab_.unk = find_unk("unk_token");
    vocab_.model = TokenizerModel::wordpiece;
    return {.unk = vocab_.unk,
            .continuing_subword_prefix =
                model_.at("continuing_subword_prefix").short_string(kMostPrefixBytes),
            .max_input_chars_per_word = static_cast<size_t>(
                model_.at("max_input_chars_per_word").integer(0, kMostWordCharacters))};
  }

  void set_types() {
    vocab_.types.assign(vocab_.pieces.size(), TokenType::normal);
    for (size_t id = 0; id < vocab_.pieces.size(); ++id) {
      if (!is_taken_[id])
        vocab_.types[id] = TokenType::unused;
      else if (vocab_.model != TokenizerModel::byte_bpe && byte_of_piece(vocab_.pieces[id]))
        vocab_.types[id] = TokenType::byte;
    }
    for (const pipeline::AddedToken& token : vocab_.pipeline->added_tokens)
      vocab_.types[token.id] = !token.special           ? TokenType::user_defined
                               : token.id == vocab_.unk ? TokenType::unknown
                                                        : TokenType::control;
  }

  const JsonNode& document_;
  JsonNode model_;
  const TokenizerLists& lists_;
  Vocab& vocab_;
  std::unordered_map<std::string, TokenId> ids_;
  std::vector<bool> is_taken_, is_model_piece_;  // by id
  size_t n_model_pieces_ = 0, n_added_only_ = 0;
};

}  // namespace

void read_model(const JsonNode& document, const TokenizerLists& lists, Vocab& vocab) {
  ModelReader(document, lists, vocab).read();
}

}  // namespace caracal
