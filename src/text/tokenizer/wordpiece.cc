#include "text/tokenizer/wordpiece.h"

#include <utf8proc.h>

#include <span>

#include "base/error.h"
#include "base/utf8.h"
#include "text/tokenizer/pipeline/unicode_text.h"
#include "text/tokenizer/white_space_mark.h"

namespace caracal {
namespace {

// A longer word becomes unk without being looked at (BERT's max_input_chars_per_word).
constexpr size_t kMaxWordCharacters = 100;

bool separates_words(uint32_t c) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return c == '\t' || c == '\n' || c == '\r' || category == UTF8PROC_CATEGORY_ZS ||
         category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

bool is_dropped(uint32_t c) { return c == 0 || c == 0xFFFD || is_control_or_format(c); }

// The canonical decomposition of one character; all of its own when it has none.
std::span<const utf8proc_int32_t> decompose(uint32_t c, std::span<utf8proc_int32_t> buffer) {
  int last_boundary = 0;
  const auto n = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), buffer.data(),
                                         static_cast<utf8proc_ssize_t>(buffer.size()),
                                         UTF8PROC_DECOMPOSE, &last_boundary);
  if (n <= 0 || static_cast<size_t>(n) > buffer.size()) return {};
  return buffer.first(static_cast<size_t>(n));
}

// Collects normalised characters into words.
class WordBuilder {
 public:
  void end_word() {
    if (!word_.empty()) words_.push_back(std::move(word_));
    word_.clear();
  }
  void add(uint32_t c) {
    const bool alone = is_punctuation(c) || is_cjk_ideograph(c);
    if (alone) end_word();
    append_utf8(word_, c);
    if (alone) end_word();
  }
  std::vector<std::string> take() {
    end_word();
    return std::move(words_);
  }

 private:
  std::string word_;
  std::vector<std::string> words_;
};

size_t count_characters(std::string_view word) {
  size_t n = 0;
  for (size_t at = 0; at < word.size(); ++n) next_code_point(word, at);
  return n;
}

}  // namespace

WordPiece::WordPiece(const Vocab& vocab)
    : unk_(vocab.unk), lowercase_(vocab.lowercase), strip_accents_(vocab.strip_accents) {
  if (unk_ == kNoToken)
    throw_error(ErrorCode::bad_file, "tokenizer.ggml.unknown_token_id",
                "a WordPiece vocabulary needs an unknown token");
  std::vector<std::pair<std::string_view, TokenId>> entries;
  for (size_t i = 0; i < vocab.pieces.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    if (vocab.type_of(id) == TokenType::normal) entries.emplace_back(vocab.pieces[i], id);
  }
  pieces_ = ByteTrie(std::move(entries));
}

std::vector<std::string> WordPiece::words(std::string_view text) const {
  WordBuilder builder;
  utf8proc_int32_t buffer[32];
  for (size_t at = 0; at < text.size();) {
    const uint32_t c = next_code_point(text, at);
    if (separates_words(c)) {
      builder.end_word();
      continue;
    }
    if (is_dropped(c)) continue;
    const auto original = static_cast<utf8proc_int32_t>(c);
    const auto parts = strip_accents_ ? decompose(c, buffer) : std::span(&original, 1);
    for (const utf8proc_int32_t part : parts) {
      if (strip_accents_ && is_nonspacing_mark(static_cast<uint32_t>(part))) continue;
      builder.add(static_cast<uint32_t>(lowercase_ ? utf8proc_tolower(part) : part));
    }
  }
  return builder.take();
}

void WordPiece::encode_word(std::string_view word, std::vector<TokenId>& out) const {
  const size_t n_before = out.size();
  const std::string marked = std::string(kSpaceMark).append(word);
  // A mark that stands in the text itself must not pass for the start of a word.
  bool covered = count_characters(word) <= kMaxWordCharacters &&
                 word.find(kSpaceMark) == std::string_view::npos;
  for (size_t at = 0; covered && at < marked.size();) {
    const ByteTrie::Match match = pieces_.longest(marked, at);
    covered = match.bytes > 0;
    out.push_back(match.id);
    at += match.bytes;
  }
  if (covered) return;
  out.resize(n_before);
  out.push_back(unk_);
}

void WordPiece::encode(std::string_view text, bool, std::vector<TokenId>& out) const {
  for (const std::string& word : words(text)) encode_word(word, out);
}

}  // namespace caracal
