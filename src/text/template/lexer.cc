/// The rules are those of jinja2/lexer.py with trim_blocks, lstrip_blocks and without
/// keep_trailing_newline.
#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/utf8.h"
#include "text/template/failure.h"
#include "text/template/ops.h"
#include "text/template/token.h"
#include "text/template/unicode.h"

namespace caracal::jinja {
namespace {

constexpr auto npos = std::string_view::npos;

/// One kind of line end, and no newline at the very end.
std::string normalize_newlines(std::string_view source) {
  std::string out;
  out.reserve(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '\r') {
      out += source[i];
      continue;
    }
    out += '\n';
    if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
  }
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

/// The value of the characters between the quotes of a literal (Python's unicode-escape).
class Unescaper {
 public:
  Unescaper(std::string_view text, int line) : text_(text), line_(line) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (text_[at_] == '\\') {
        ++at_;
        escape();
      } else {
        out_ += text_[at_++];
      }
    }
    return std::move(out_);
  }

 private:
  void escape() {
    static constexpr std::string_view kNames = "\\'\"abfnrtv";
    static constexpr std::string_view kValues = "\\'\"\a\b\f\n\r\t\v";
    const char c = text_[at_++];
    if (c == '\n') return;
    if (const size_t i = kNames.find(c); i != npos) {
      out_ += kValues[i];
    } else if (c >= '0' && c <= '7') {
      --at_;
      number(8, 3, false);
    } else if (c == 'x') {
      number(16, 2, true);
    } else if (c == 'u') {
      number(16, 4, true);
    } else if (c == 'U') {
      number(16, 8, true);
    } else if (c == 'N') {
      throw Failure(ErrorCode::unsupported, "the escape \\N{...} in a string", line_);
    } else {
      keep_backslash();
    }
  }

  /// An unknown escape stays as it is; Jinja spells a non-ASCII character after it as an escape.
  void keep_backslash() {
    out_ += '\\';
    size_t at = at_ - 1;
    const uint32_t c = next_code_point(text_, at);
    at_ = at;
    if (c < 0x80) {
      out_ += static_cast<char>(c);
    } else {
      out_ += c < 0x100     ? fmt::format("x{:02x}", c)
              : c < 0x10000 ? fmt::format("u{:04x}", c)
                            : fmt::format("U{:08x}", c);
    }
  }

  void number(int base, size_t max_digits, bool all_needed) {
    uint32_t value = 0;
    const char* begin = text_.data() + at_;
    const char* end = begin + std::min(max_digits, text_.size() - at_);
    const auto [stop, error] = std::from_chars(begin, end, value, base);
    const size_t n_digits = static_cast<size_t>(stop - begin);
    if (error != std::errc() || (all_needed && n_digits < max_digits) || value > 0x10FFFF) {
      throw Failure(ErrorCode::bad_file, "bad escape in a string", line_);
    }
    if (value >= 0xD800 && value < 0xE000) {
      throw Failure(ErrorCode::unsupported, "a lone surrogate in a string", line_);
    }
    at_ += n_digits;
    append_utf8(out_, value);
  }

  std::string_view text_;
  int line_;
  size_t at_ = 0;
  std::string out_;
};

class Lexer {
 public:
  explicit Lexer(std::string source) : source_(std::move(source)), text_(source_) {}

  std::vector<Token> run() {
    while (at_ < text_.size()) data();
    push(TokenKind::end);
    return std::move(tokens_);
  }

 private:
  [[noreturn]] void bad(std::string message) const {
    throw Failure(ErrorCode::bad_file, std::move(message), line_);
  }

  bool starts(std::string_view prefix) const { return text_.substr(at_, prefix.size()) == prefix; }

  void push(TokenKind kind, std::string text = {}) {
    tokens_.push_back({kind, line_, std::move(text)});
  }

  /// Moves on and counts lines.
  void advance_to(size_t to) {
    const std::string_view passed = text_.substr(at_, to - at_);
    line_ += static_cast<int>(std::count(passed.begin(), passed.end(), '\n'));
    if (!passed.empty()) line_starting_ = passed.back() == '\n';
    at_ = to;
  }

  size_t skip_space(size_t at) const {
    while (at < text_.size()) {
      size_t next = at;
      if (!is_space(next_code_point(text_, next))) break;
      at = next;
    }
    return at;
  }

  /// Text up to the next tag, and the beginning of that tag.
  void data() {
    size_t tag = at_;
    while ((tag = text_.find('{', tag)) != npos && tag + 1 < text_.size() &&
           std::string_view("%{#").find(text_[tag + 1]) == npos) {
      ++tag;
    }
    if (tag == npos || tag + 1 >= text_.size()) {
      push(TokenKind::data, std::string(text_.substr(at_)));
      return advance_to(text_.size());
    }
    const char type = text_[tag + 1];
    const char sign = tag + 2 < text_.size() ? text_[tag + 2] : ' ';
    emit_data(text_.substr(at_, tag - at_), sign, type != '{');
    advance_to(tag);
    const size_t begin = tag + 2 + (sign == '-' || sign == '+');
    if (type == '#') return comment(begin);
    if (type == '%') {
      if (const size_t body = raw_body(begin); body != npos) return raw(body);
    }
    push(type == '%' ? TokenKind::block_begin : TokenKind::variable_begin);
    advance_to(begin);
    code(type == '%');
  }

  /// Strips the text before a tag as its sign and lstrip_blocks ask.
  void emit_data(std::string_view text, char sign, bool is_block) {
    if (sign == '-') {
      text = strip(text, nullptr, false, true);
    } else if (sign != '+' && is_block) {
      const size_t newline = text.rfind('\n');
      const size_t line_start = newline == npos ? 0 : newline + 1;
      const bool whole_line = newline != npos || line_starting_;
      if (whole_line && strip(text.substr(line_start), nullptr, true, false).empty()) {
        text = text.substr(0, line_start);
      }
    }
    if (!text.empty()) push(TokenKind::data, std::string(text));
  }

  /// Moves past the end of a block or comment whose closing sign starts at `close`.
  void pass_end(size_t close) {
    const char sign = text_[close];
    const size_t after = close + (sign == '-' || sign == '+' ? 3 : 2);
    if (sign == '-') return advance_to(skip_space(after));
    const bool trims = sign != '+' && after < text_.size() && text_[after] == '\n';
    advance_to(trims ? after + 1 : after);
  }

  void comment(size_t begin) {
    const size_t close = text_.find("#}", begin);
    if (close == npos) bad("Missing end of comment tag");
    const bool signed_end = close > begin && (text_[close - 1] == '-' || text_[close - 1] == '+');
    pass_end(signed_end ? close - 1 : close);
  }

  /// Where the content of a raw block starts if {% raw %} stands here, or npos.
  size_t raw_body(size_t at) const {
    at = skip_space(at);
    if (text_.substr(at, 3) != "raw") return npos;
    at = skip_space(at + 3);
    if (text_.substr(at, 3) == "-%}") return skip_space(at + 3);
    return text_.substr(at, 2) == "%}" ? at + 2 : npos;
  }

  void raw(size_t body) {
    advance_to(body);
    for (size_t tag = body; (tag = text_.find("{%", tag)) != npos; tag += 2) {
      const char sign = tag + 2 < text_.size() ? text_[tag + 2] : ' ';
      size_t at = skip_space(tag + 2 + (sign == '-' || sign == '+'));
      if (text_.substr(at, 6) != "endraw") continue;
      at = skip_space(at + 6);
      const size_t close = at + (at < text_.size() && (text_[at] == '-' || text_[at] == '+'));
      if (text_.substr(close, 2) != "%}") continue;
      emit_data(text_.substr(at_, tag - at_), sign, true);
      return pass_end(at);
    }
    bad("Missing end of raw directive");
  }

  /// Tokens of a tag up to its end. Ends inside brackets belong to the expression.
  void code(bool block) {
    const std::string_view close = block ? "%}" : "}}";
    std::string open;
    while (true) {
      advance_to(skip_space(at_));
      if (at_ >= text_.size()) return;  // the parser reports what is missing
      if (open.empty() && ends_here(close, block)) {
        push(block ? TokenKind::block_end : TokenKind::variable_end);
        return block ? pass_end(at_) : pass_variable_end();
      }
      one_token(open);
    }
  }

  bool ends_here(std::string_view close, bool block) const {
    if (starts(close)) return true;
    const char c = text_[at_];
    return (c == '-' || (c == '+' && block)) && text_.substr(at_ + 1, 2) == close;
  }

  void pass_variable_end() {
    if (text_[at_] == '-') return advance_to(skip_space(at_ + 3));
    advance_to(at_ + 2);
  }

  void one_token(std::string& open) {
    const char c = text_[at_];
    if (c >= '0' && c <= '9') return number();
    if (c == '\'' || c == '"') return string_literal(c);
    size_t next = at_;
    if (is_word(next_code_point(text_, next))) return name();
    sign(open);
  }

  void name() {
    size_t end = at_;
    while (end < text_.size()) {
      size_t next = end;
      const uint32_t c = next_code_point(text_, next);
      if (!is_word(c)) break;
      end = next;
    }
    push(TokenKind::name, std::string(text_.substr(at_, end - at_)));
    advance_to(end);
  }

  void string_literal(char quote) {
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size())
      bad(fmt::format("unexpected char {} at {}", repr_text({&quote, 1}), at_));
    push(TokenKind::string, Unescaper(text_.substr(at_ + 1, end - at_ - 1), line_).run());
    advance_to(end + 1);
  }

  /// End of `digit (_? digit)*` from at.
  size_t digits_end(size_t at, std::string_view digits) const {
    while (at < text_.size()) {
      const bool joined =
          text_[at] == '_' && at + 1 < text_.size() && digits.find(text_[at + 1]) != npos;
      if (!joined && digits.find(text_[at]) == npos) break;
      at += joined ? 2 : 1;
    }
    return at;
  }

  void number() {
    static constexpr std::string_view kDecimal = "0123456789";
    const auto digit_at = [&](size_t at) {
      return at < text_.size() && kDecimal.find(text_[at]) != npos;
    };
    const auto char_at = [&](size_t at) { return at < text_.size() ? text_[at] : '\0'; };
    const bool after_dot = at_ > 0 && text_[at_ - 1] == '.';
    size_t end = digits_end(at_, kDecimal);
    bool real = false;
    if (!after_dot) {
      if (char_at(end) == '.' && digit_at(end + 1)) {
        end = digits_end(end + 1, kDecimal);
        real = true;
      }
      if (char_at(end) == 'e' || char_at(end) == 'E') {
        const size_t first = end + 1 + (char_at(end + 1) == '+' || char_at(end + 1) == '-');
        if (digit_at(first)) {
          end = digits_end(first, kDecimal);
          real = true;
        }
      }
    }
    real ? real_number(end) : integer();
  }

  static std::string without_underscores(std::string_view text) {
    std::string out(text);
    out.erase(std::remove(out.begin(), out.end(), '_'), out.end());
    return out;
  }

  void real_number(size_t end) {
    const std::string digits = without_underscores(text_.substr(at_, end - at_));
    push(TokenKind::real);
    const char* last = digits.data() + digits.size();
    if (std::from_chars(digits.data(), last, tokens_.back().real).ec != std::errc()) {
      tokens_.back().real = std::strtod(digits.c_str(), nullptr);  // infinity or zero, as in Python
    }
    advance_to(end);
  }

  void integer() {
    struct Base {
      char letter;
      int base;
      std::string_view digits;
    };
    static constexpr Base kBases[] = {
        {'b', 2, "01"}, {'o', 8, "01234567"}, {'x', 16, "0123456789abcdefABCDEF"}};
    int base = 10;
    size_t begin = at_, end = 0;
    if (text_[at_] == '0' && at_ + 1 < text_.size()) {
      for (const Base& b : kBases) {
        if ((text_[at_ + 1] | 0x20) != b.letter) continue;
        const size_t stop = digits_end(at_ + 2, b.digits);
        if (stop > at_ + 2) base = b.base, begin = at_ + 2, end = stop;
      }
    }
    if (end == 0) end = digits_end(at_, text_[at_] == '0' ? "0" : "0123456789");
    const std::string digits = without_underscores(text_.substr(begin, end - begin));
    push(TokenKind::integer, std::string(text_.substr(at_, end - at_)));
    const char* last = digits.data() + digits.size();
    if (std::from_chars(digits.data(), last, tokens_.back().integer, base).ec != std::errc()) {
      throw Failure(ErrorCode::unsupported, "an integer that does not fit 64 bits", line_);
    }
    advance_to(end);
  }

  void sign(std::string& open) {
    static constexpr std::string_view kTwo[] = {"//", "**", "==", "!=", ">=", "<="};
    static constexpr std::string_view kOne = "+-/*%~[](){}><=.:|,;";
    size_t length = 0;
    for (const std::string_view two : kTwo) {
      if (starts(two)) length = 2;
    }
    if (!length && kOne.find(text_[at_]) != npos) length = 1;
    if (!length) {
      size_t next = at_;
      next_code_point(text_, next);
      bad(fmt::format("unexpected char {} at {}", repr_text(text_.substr(at_, next - at_)), at_));
    }
    const std::string_view text = text_.substr(at_, length);
    balance(open, text[0]);
    push(TokenKind::op, std::string(text));
    advance_to(at_ + length);
  }

  void balance(std::string& open, char c) const {
    static constexpr std::string_view kOpening = "([{", kClosing = ")]}";
    if (const size_t i = kOpening.find(c); i != npos) {
      open += kClosing[i];
    } else if (kClosing.find(c) != npos) {
      if (open.empty()) bad(fmt::format("unexpected '{}'", c));
      if (open.back() != c) bad(fmt::format("unexpected '{}', expected '{}'", c, open.back()));
      open.pop_back();
    }
  }

  std::string source_;
  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  bool line_starting_ = true;  ///< what was passed last ended with a newline
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) {
  return Lexer(normalize_newlines(source)).run();
}

std::string describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::data:
      return "template data / text";
    case TokenKind::block_begin:
      return "begin of statement block";
    case TokenKind::block_end:
      return "end of statement block";
    case TokenKind::variable_begin:
      return "begin of print statement";
    case TokenKind::variable_end:
      return "end of print statement";
    case TokenKind::string:
      return "string";
    case TokenKind::integer:
      return "integer";
    case TokenKind::real:
      return "float";
    case TokenKind::end:
      return "end of template";
    case TokenKind::name:
    case TokenKind::op:
      return token.text;
  }
  return {};
}

}  // namespace caracal::jinja
