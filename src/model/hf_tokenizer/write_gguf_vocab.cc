/// A tokenizer.json in GGUF's words: only what a family of GGUF vocabularies does as well.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/error.h"
#include "base/log.h"
#include "base/utf8.h"
#include "model/hf_tokenizer/gguf_family.h"
#include "model/vocab_hf.h"
#include "text/tokenizer/byte_alphabet.h"
#include "text/tokenizer/white_space_mark.h"

namespace caracal {
namespace {

using namespace pipeline;

/// True where every component is one of the kinds.
template <class... Kinds, class Components>
bool all_are(const Components& components) {
  return std::ranges::all_of(components, [](const auto& component) {
    return (std::holds_alternative<Kinds>(component) || ...);
  });
}

/// Writes the keys tokenizer.ggml.* of one vocabulary.
class VocabWriter {
 public:
  VocabWriter(const Vocab& vocab, int32_t n_vocab, GgufHeader& header)
      : vocab_(vocab),
        pipeline_(*vocab.pipeline),
        n_rows_(n_vocab > 0 ? static_cast<size_t>(n_vocab) : vocab.pieces.size()),
        header_(header) {
    if (vocab.pieces.size() > n_rows_)
      throw_error(ErrorCode::bad_file, "tokenizer.json",
                  "expected at most {} tokens, one for each row of the embedding, found {}",
                  n_rows_, vocab.pieces.size());
  }

  void write() {
    std::visit([&](const auto& model) { write_model(model); }, pipeline_.model);
    write_special_tokens();
    warn_of_added_tokens();
  }

 private:
  void write_name(std::string_view model, std::string_view pre) {
    header_.set_string("tokenizer.ggml.model", model);
    header_.set_string("tokenizer.ggml.pre", pre);
  }

  /// Ids without a piece, within the vocabulary and up to the rows of the embedding, are unused.
  void write_pieces(std::vector<std::string> pieces) {
    std::vector<int32_t> types;
    for (size_t id = 0; id < n_rows_; ++id) {
      const bool known = id < pieces.size() && !pieces[id].empty();
      types.push_back(static_cast<int32_t>(known ? vocab_.type_of(static_cast<TokenId>(id))
                                                 : TokenType::unused));
      if (id >= pieces.size()) pieces.emplace_back();
      if (!known) pieces[id] = fmt::format("[PAD{}]", id);
    }
    const std::vector<std::string_view> views(pieces.begin(), pieces.end());
    header_.set_strings("tokenizer.ggml.tokens", views);
    header_.set_array<int32_t>("tokenizer.ggml.token_type", types);
  }

  void write_model(const Bpe& bpe) {
    if (vocab_.model == TokenizerModel::byte_bpe)
      write_byte_level(bpe);
    else
      write_sentencepiece(bpe);
  }

  void write_byte_level(const Bpe& bpe) {
    for (const Normalizer& step : pipeline_.normalizers) {
      const auto* form = std::get_if<UnicodeForm>(&step);
      if (!form || form->compatibility || !form->composed)
        refuse_gguf_vocab("a normalizer other than NFC before ByteLevel");
      log::warn("a GGUF vocabulary does not normalise: text that is not in NFC gives other tokens");
    }
    if (!all_are<ByteLevelDecoder>(pipeline_.decoders))
      refuse_gguf_vocab("a decoder other than ByteLevel after the pre-tokenizer ByteLevel");
    check_byte_symbols();
    write_name("gpt2", find_gguf_family(pipeline_.pre_tokenizers, bpe.ignore_merges));
    write_pieces(vocab_.pieces);
    std::vector<std::string> merges;
    for (const Merge& merge : bpe.merges) {
      const std::string& left = vocab_.pieces[static_cast<size_t>(merge.left)];
      const std::string& right = vocab_.pieces[static_cast<size_t>(merge.right)];
      if ((left + right).find(' ') != std::string::npos)
        refuse_gguf_vocab("a merge of pieces with spaces");
      merges.push_back(left + " " + right);
    }
    const std::vector<std::string_view> views(merges.begin(), merges.end());
    header_.set_strings("tokenizer.ggml.merges", views);
  }

  // Without them the rules for unknown characters would matter, which GGUF does not have.
  void check_byte_symbols() const {
    std::array<bool, 256> found{};
    for (const std::string& piece : vocab_.pieces) {
      size_t at = 0;
      if (piece.empty() || piece.size() > 2) continue;
      const auto byte = symbol_to_byte(next_code_point(piece, at));
      if (byte && at == piece.size()) found[*byte] = true;
    }
    if (!std::ranges::all_of(found, [](bool there) { return there; }))
      refuse_gguf_vocab("a byte-level vocabulary without a piece for every byte");
  }

  /// A byte-pair model over pieces with U+2581 for spaces. Its GGUF form merges by the score of the
  /// result, not by the rank of the pair.
  void write_sentencepiece(const Bpe& bpe) {
    const bool adds_space = read_space_rules();
    if (bpe.ignore_merges) refuse_gguf_vocab("ignore_merges over whole texts");
    if (!all_are<Replace, ByteFallback, Fuse, StripDecoder, Metaspace>(pipeline_.decoders))
      refuse_gguf_vocab("the decoder of a byte-level or WordPiece vocabulary");
    write_name("llama", "default");
    write_pieces(vocab_.pieces);
    header_.set_array<float>("tokenizer.ggml.scores", scores_of(bpe));
    header_.set<bool>("tokenizer.ggml.add_space_prefix", adds_space);
  }

  /// Whether a text gets a space in front. What else happens to it must be that spaces are marked.
  bool read_space_rules() const {
    bool adds_space = false, marks = false;
    for (const Normalizer& step : pipeline_.normalizers) {
      if (const auto* prepend = std::get_if<Prepend>(&step);
          prepend && prepend->text == kSpaceMark) {
        adds_space = true;
      } else if (const auto* replace = std::get_if<Replace>(&step);
                 replace && replace->pattern.text == " " && replace->content == kSpaceMark) {
        marks = true;
      } else {
        refuse_gguf_vocab("a normalizer beside Prepend and Replace of spaces");
      }
    }
    for (const pipeline::PreTokenizer& step : pipeline_.pre_tokenizers) {
      if (const auto* space = std::get_if<Metaspace>(&step);
          space && space->replacement == kSpaceMark) {
        adds_space |= space->prepend_scheme != PrependScheme::never;
        marks = true;
      } else if (const auto* split = std::get_if<Split>(&step);
                 !split || split->pattern.text != " " || !marks) {
        refuse_gguf_vocab(
            "a pre-tokenizer beside Metaspace");  // a Split at spaces finds none any more
      }
    }
    if (!marks) refuse_gguf_vocab("a byte-pair model without marks for spaces");
    return adds_space;
  }

  /// Falls by one with each new piece in the order of the merges. That is the same tokenizer when
  /// all merges that give a piece stand together, and every pair that makes a piece is a merge;
  /// so it is in files that were made from SentencePiece models.
  std::vector<float> scores_of(const Bpe& bpe) const {
    std::vector<float> scores(n_rows_, 0.0f);
    std::vector<size_t> n_merges(vocab_.pieces.size(), 0);
    TokenId last = kNoToken;
    float score = 0;
    for (const Merge& merge : bpe.merges) {
      const auto result = static_cast<size_t>(merge.result);
      if (merge.result != last && n_merges[result] > 0 && is_normal(result))
        refuse_gguf_vocab("merges that are not in the order of their pieces");
      if (merge.result != last) scores[result] = score -= 1;
      ++n_merges[result];
      last = merge.result;
    }
    check_all_pairs(n_merges);
    return scores;
  }

  bool is_normal(size_t id) const {
    return vocab_.type_of(static_cast<TokenId>(id)) == TokenType::normal;
  }

  void check_all_pairs(const std::vector<size_t>& n_merges) const {
    std::unordered_map<std::string_view, size_t> normal;
    for (size_t id = 0; id < vocab_.pieces.size(); ++id)
      if (is_normal(id)) normal.emplace(vocab_.pieces[id], id);
    for (const auto& [piece, id] : normal) {
      size_t n_pairs = 0;
      for (size_t cut = 1; cut < piece.size(); ++cut)
        n_pairs += normal.contains(piece.substr(0, cut)) && normal.contains(piece.substr(cut));
      if (n_pairs > n_merges[id])
        refuse_gguf_vocab(fmt::format("pairs of pieces that make '{}' and are no merge", piece));
    }
  }

  /// SentencePiece's unigram model: its rules, then spaces marked and squeezed.
  void write_model(const Unigram& model) {
    if (model.unk == kNoToken) refuse_gguf_vocab("a Unigram model without unknown token");
    std::string_view charsmap;
    bool squeezes = false, strips = false;
    for (const Normalizer& step : pipeline_.normalizers) {
      if (const auto* rules = std::get_if<Precompiled>(&step); rules && charsmap.empty())
        charsmap = rules->charsmap;
      else if (const auto* sides = std::get_if<StripSpace>(&step); sides && sides->right)
        strips = true;
      else if (const auto* replace = std::get_if<Replace>(&step); replace && is_squeeze(*replace))
        squeezes = true;
      else
        refuse_gguf_vocab("a normalizer of a Unigram model that SentencePiece does not have");
    }
    std::span<const pipeline::PreTokenizer> steps = pipeline_.pre_tokenizers;
    if (!steps.empty() && std::holds_alternative<WhitespaceSplit>(steps[0])) {
      if (charsmap.empty())
        refuse_gguf_vocab("WhitespaceSplit without rules that make all white space a space");
      squeezes = strips = true;
      steps = steps.subspan(1);
    }
    if (squeezes != strips)
      refuse_gguf_vocab("a Unigram model that either squeezes white space or strips it");
    const auto* space = steps.size() == 1 ? std::get_if<Metaspace>(&steps[0]) : nullptr;
    if (!space || space->replacement != kSpaceMark)
      refuse_gguf_vocab("a Unigram model with another pre-tokenizer than Metaspace");
    write_name("t5", "default");
    write_pieces(vocab_.pieces);
    std::vector<float> scores(model.scores.begin(), model.scores.end());
    scores.resize(n_rows_, 0.0f);
    header_.set_array<float>("tokenizer.ggml.scores", scores);
    header_.set<bool>("tokenizer.ggml.add_space_prefix",
                      space->prepend_scheme != PrependScheme::never);
    header_.set<bool>("tokenizer.ggml.remove_extra_whitespaces", squeezes);
    if (charsmap.empty()) return;
    const std::vector<uint8_t> bytes(charsmap.begin(), charsmap.end());
    header_.set_array<uint8_t>("tokenizer.ggml.precompiled_charsmap", bytes);
  }
  // Two or more spaces become one.
  static bool is_squeeze(const Replace& replace) {
    return replace.pattern.is_regex && replace.pattern.text == " {2,}" &&
           (replace.content == " " || replace.content == kSpaceMark);
  }

  /// Pieces that begin a word are marked, and others lose their prefix.
  void write_model(const WordPiece& model) {
    if (model.max_input_chars_per_word != 100)
      refuse_gguf_vocab("a WordPiece model with max_input_chars_per_word other than 100");
    if (!all_are<WordPieceDecoder>(pipeline_.decoders))
      refuse_gguf_vocab("a decoder other than WordPiece for a WordPiece model");
    const auto* rules = pipeline_.normalizers.size() == 1
                            ? std::get_if<BertNormalizer>(&pipeline_.normalizers[0])
                            : nullptr;
    if (!rules || !rules->clean_text || !rules->handle_chinese_chars)
      refuse_gguf_vocab("a WordPiece model without BertNormalizer");
    if (pipeline_.pre_tokenizers.size() != 1 ||
        !all_are<BertPreTokenizer>(pipeline_.pre_tokenizers))
      refuse_gguf_vocab("a WordPiece model without BertPreTokenizer");
    const std::string& prefix = model.continuing_subword_prefix;
    std::vector<std::string> pieces = vocab_.pieces;
    for (size_t id = 0; id < pieces.size(); ++id) {
      const TokenType type = vocab_.type_of(static_cast<TokenId>(id));
      if (type != TokenType::normal || pieces[id].empty()) continue;
      if (pieces[id].starts_with(prefix))
        pieces[id].erase(0, prefix.size());
      else
        pieces[id].insert(0, kSpaceMark);
    }
    write_name("bert", "default");
    write_pieces(std::move(pieces));
    header_.set<bool>("tokenizer.ggml.normalizer.lowercase", rules->lowercase);
    header_.set<bool>("tokenizer.ggml.normalizer.strip_accents", rules->strip_accents);
  }

  void write_special_tokens() {
    const std::pair<std::string_view, TokenId> tokens[] = {
        {"bos", vocab_.bos},     {"eos", vocab_.eos},       {"unknown", vocab_.unk},
        {"padding", vocab_.pad}, {"seperator", vocab_.sep},  // spelled so in the format
        {"cls", vocab_.cls},     {"mask", vocab_.mask}};
    for (const auto& [name, id] : tokens)
      if (id != kNoToken)
        header_.set<uint32_t>(fmt::format("tokenizer.ggml.{}_token_id", name),
                              static_cast<uint32_t>(id));
    const auto is_end = [](const std::vector<TokenId>& ends, TokenId id) {
      return ends.empty() || (ends.size() == 1 && ends[0] == id);
    };
    if (!is_end(pipeline_.prefix, vocab_.bos) || !is_end(pipeline_.suffix, vocab_.eos))
      refuse_gguf_vocab("a post-processor that adds more than bos and eos");
    header_.set<bool>("tokenizer.ggml.add_bos_token", !pipeline_.prefix.empty());
    header_.set<bool>("tokenizer.ggml.add_eos_token", !pipeline_.suffix.empty());
  }

  void warn_of_added_tokens() const {
    for (const AddedToken& token : pipeline_.added_tokens)
      if (token.single_word || token.lstrip || token.rstrip)
        log::warn("a GGUF vocabulary cannot say that '{}' is {}", token.content,
                  token.single_word ? "single_word"
                  : token.lstrip    ? "lstrip"
                                    : "rstrip");
  }

  const Vocab& vocab_;
  const TokenPipeline& pipeline_;
  const size_t n_rows_;  // of the embedding
  GgufHeader& header_;
};

}  // namespace

void write_gguf_vocab(const Vocab& vocab, int32_t n_vocab, GgufHeader& header) {
  VocabWriter(vocab, n_vocab, header).write();
}

}  // namespace caracal
