/// A tokenizer.json in GGUF's words: only what a family of GGUF vocabularies does as well.
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>

#include "base/error.h"
#include "model/vocab_hf.h"
#include "text/tokenizer/pre_tokenizer.h"

namespace caracal {
namespace {

using namespace pipeline;

constexpr std::string_view kSpaceMark = "\xE2\x96\x81";  // U+2581

[[noreturn]] void no_family(std::string_view what) {
  throw_error(ErrorCode::unsupported, "tokenizer.json",
              "no vocabulary of the GGUF format does the same: {}", what);
}

template <class T, class... Options>
bool is(const std::variant<Options...>& component) {
  return std::holds_alternative<T>(component);
}

/// Writes the keys tokenizer.ggml.* of one vocabulary.
class VocabWriter {
 public:
  VocabWriter(const Vocab& vocab, int32_t n_vocab, GgufHeader& header)
      : vocab_(vocab), pipeline_(*vocab.pipeline), n_vocab_(n_vocab), header_(header) {}

  void write() {
    if (const auto* bpe = std::get_if<Bpe>(&pipeline_.model))
      vocab_.model == TokenizerModel::byte_bpe ? write_byte_level(*bpe) : write_sentencepiece(*bpe);
    else if (const auto* wordpiece = std::get_if<WordPiece>(&pipeline_.model))
      write_wordpiece(*wordpiece);
    else
      no_family("a Unigram model");
    write_special_tokens();
  }

 private:
  void write_name(std::string_view model, std::string_view pre) {
    header_.set_string("tokenizer.ggml.model", model);
    header_.set_string("tokenizer.ggml.pre", pre);
  }

  /// Ids without a piece, within the vocabulary and up to the rows of the embedding, are unused.
  void write_pieces(std::vector<std::string> pieces) {
    const auto rows = static_cast<size_t>(n_vocab_);
    if (pieces.size() > rows)
      throw_error(ErrorCode::bad_file, "tokenizer.json",
                  "expected at most {} tokens, one for each row of the embedding, found {}", rows,
                  pieces.size());
    std::vector<int32_t> types;
    for (size_t id = 0; id < rows; ++id) {
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

  void write_byte_level(const Bpe& bpe) {
    for (const Normalizer& step : pipeline_.normalizers)
      if (const auto* form = std::get_if<UnicodeForm>(&step); !form || form->compatibility)
        no_family("a normalizer before a byte-level model");
    write_name("gpt2", find_family(bpe));
    write_pieces(vocab_.pieces);
    std::vector<std::string> merges;
    for (const Merge& merge : bpe.merges) {
      const std::string& left = vocab_.pieces[static_cast<size_t>(merge.left)];
      const std::string& right = vocab_.pieces[static_cast<size_t>(merge.right)];
      if ((left + right).find(' ') != std::string::npos) no_family("a merge of pieces with spaces");
      merges.push_back(left + " " + right);
    }
    const std::vector<std::string_view> views(merges.begin(), merges.end());
    header_.set_strings("tokenizer.ggml.merges", views);
  }

  /// The patterns that cut text into words, one after the other.
  std::vector<std::string_view> word_patterns() const {
    std::vector<std::string_view> patterns;
    for (const pipeline::PreTokenizer& step : pipeline_.pre_tokenizers) {
      if (const auto* split = std::get_if<Split>(&step)) {
        const bool isolates = split->behavior == SplitBehavior::isolated ||
                              (split->behavior == SplitBehavior::removed && split->invert);
        if (!split->pattern.is_regex || !isolates) no_family("a Split that does not isolate");
        patterns.push_back(split->pattern.text);
      } else if (const auto* digits = std::get_if<Digits>(&step)) {
        patterns.push_back(digits->individual ? R"(\p{N})" : R"(\p{N}+)");
      } else if (const auto* bytes = std::get_if<ByteLevel>(&step)) {
        if (bytes->add_prefix_space) no_family("ByteLevel with add_prefix_space");
        if (bytes->use_regex) patterns.push_back(find_pre_tokenizer("gpt-2")->steps[0].pattern);
      } else {
        no_family("a pre-tokenizer beside ByteLevel, Split and Digits");
      }
    }
    return patterns;
  }

  std::string_view find_family(const Bpe& bpe) const {
    const std::vector<std::string_view> patterns = word_patterns();
    const auto same = [](const SplitStep& step, std::string_view pattern) {
      return step.kind == SplitStep::Kind::isolate && step.pattern == pattern;
    };
    for (const caracal::PreTokenizer& row : pre_tokenizers())
      if (!row.is_raw_utf8() && row.keeps_whole_words() == bpe.ignore_merges &&
          std::ranges::equal(row.steps, patterns, same))
        return row.name;
    no_family(fmt::format("words cut by {}", fmt::join(patterns, " and ")));
  }

  /// A byte-pair model over pieces with U+2581 for spaces. Its GGUF form merges by the score of the
  /// result, not by the rank of the pair.
  void write_sentencepiece(const Bpe& bpe) {
    const bool adds_space = read_space_rules();
    if (bpe.ignore_merges) no_family("ignore_merges over whole texts");
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
        no_family("a normalizer beside Prepend and Replace of spaces");
      }
    }
    for (const pipeline::PreTokenizer& step : pipeline_.pre_tokenizers) {
      if (const auto* space = std::get_if<Metaspace>(&step);
          space && space->replacement == kSpaceMark) {
        adds_space |= space->prepend_scheme != PrependScheme::never;
        marks = true;
      } else if (const auto* split = std::get_if<Split>(&step);
                 !split || split->pattern.text != " " || !marks) {
        no_family("a pre-tokenizer beside Metaspace");  // a Split at spaces finds none any more
      }
    }
    if (!marks) no_family("a byte-pair model without marks for spaces");
    return adds_space;
  }

  /// Falls by one with each new piece in the order of the merges. That is the same tokenizer when
  /// all merges that give a piece stand together, and every pair that makes a piece is a merge;
  /// so it is in files that were made from SentencePiece models.
  std::vector<float> scores_of(const Bpe& bpe) const {
    std::vector<float> scores(static_cast<size_t>(n_vocab_), 0.0f);
    std::vector<size_t> n_merges(vocab_.pieces.size(), 0);
    TokenId last = kNoToken;
    float score = 0;
    for (const Merge& merge : bpe.merges) {
      const auto result = static_cast<size_t>(merge.result);
      if (merge.result != last && n_merges[result] > 0 && is_normal(result))
        no_family("merges that are not in the order of their pieces");
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
        no_family(fmt::format("pairs of pieces that make '{}' and are no merge", piece));
    }
  }

  /// Pieces that begin a word are marked, and others lose their prefix.
  void write_wordpiece(const WordPiece& model) {
    const auto* rules = pipeline_.normalizers.size() == 1
                            ? std::get_if<BertNormalizer>(&pipeline_.normalizers[0])
                            : nullptr;
    if (!rules || !rules->clean_text || !rules->handle_chinese_chars)
      no_family("a WordPiece model without BertNormalizer");
    if (pipeline_.pre_tokenizers.size() != 1 || !is<BertPreTokenizer>(pipeline_.pre_tokenizers[0]))
      no_family("a WordPiece model without BertPreTokenizer");
    const std::string& prefix = model.continuing_subword_prefix;
    std::vector<std::string> pieces = vocab_.pieces;
    for (size_t id = 0; id < pieces.size(); ++id) {
      const TokenType type = vocab_.type_of(static_cast<TokenId>(id));
      if (type == TokenType::control || type == TokenType::unknown || pieces[id].empty()) continue;
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
      no_family("a post-processor that adds more than bos and eos");
    header_.set<bool>("tokenizer.ggml.add_bos_token", !pipeline_.prefix.empty());
    header_.set<bool>("tokenizer.ggml.add_eos_token", !pipeline_.suffix.empty());
  }

  const Vocab& vocab_;
  const TokenPipeline& pipeline_;
  const int32_t n_vocab_;
  GgufHeader& header_;
};

}  // namespace

void write_gguf_vocab(const Vocab& vocab, int32_t n_vocab, GgufHeader& header) {
  VocabWriter(vocab, n_vocab, header).write();
}

}  // namespace caracal
