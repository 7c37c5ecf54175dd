#include "text/tokenizer/pipeline/onig_pattern.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/utf8.h"

namespace caracal {
namespace {

// Oniguruma's word characters; joiners are none. Outside a class the numbers of Latin-1 count.
#define CRCL_WORD R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc})"
constexpr std::string_view kWordInClass = CRCL_WORD;
constexpr std::string_view kWord = CRCL_WORD R"(\xb2\xb3\xb9\xbc-\xbe)";
constexpr std::string_view kHex = "0-9A-Fa-f";

// Properties that both engines spell and understand alike.
constexpr std::string_view kSameProperties[] = {
    "Any", "Alphabetic", "Lowercase", "Uppercase", "White_Space", "C",  "Cc", "Cf", "Cn",
    "Co",  "Cs",         "L",         "Ll",        "Lm",          "Lo", "Lt", "Lu", "M",
    "Mc",  "Me",         "Mn",        "N",         "Nd",          "Nl", "No", "P",  "Pc",
    "Pd",  "Pe",         "Pf",        "Pi",        "Po",          "Ps", "S",  "Sc", "Sk",
    "Sm",  "So",         "Z",         "Zl",        "Zp",          "Zs"};

// Names that only Oniguruma knows, as members of a class.
struct PropertyRow {
  std::string_view name, members;
};
constexpr PropertyRow kOnigProperties[] = {
    {"Letter", R"(\p{L})"},
    {"Mark", R"(\p{M})"},
    {"Number", R"(\p{N})"},
    {"Punctuation", R"(\p{P})"},
    {"Symbol", R"(\p{S})"},
    {"Separator", R"(\p{Z})"},
    {"Other", R"(\p{C})"},
    {"Alpha", R"(\p{Alphabetic})"},
    {"Digit", R"(\p{Nd})"},
    {"Space", R"(\p{White_Space})"},
    {"Lower", R"(\p{Lowercase})"},
    {"Upper", R"(\p{Uppercase})"},
    {"XDigit", kHex},
    {"Alnum", R"(\p{Alphabetic}\p{Nd})"},
    {"ASCII", R"(\x00-\x7f)"},
};

class Translator {
 public:
  Translator(std::string_view pattern, std::string_view context)
      : in_(pattern), context_(context) {}

  std::string run() {
    while (at_ < in_.size()) step();
    return std::move(out_);
  }

 private:
  [[noreturn]] void refuse(std::string_view what) const {
    throw_error(ErrorCode::unsupported, context_,
                "the regular expression uses {} at byte {}, which this version does not run: '{}'",
                what, at_, sanitize_utf8(in_.substr(0, 200)));
  }

  bool next_is(std::string_view text) const { return in_.substr(at_).starts_with(text); }

  void step() {
    const char c = in_[at_];
    switch (c) {
      case '\\':
        atom_ = out_.size();
        return escape(/*in_class=*/false);
      case '[':
        atom_ = out_.size();
        return char_class();
      case '(':
        return open_group();
      case ')':
        atom_ = groups_.empty() ? out_.size() : groups_.back();
        if (!groups_.empty()) groups_.pop_back();
        return copy(1);
      case '{':
        return interval();
      case '*':
      case '+':
      case '?':
        return copy(next_is("*+") || next_is("++") || next_is("?+") ? 2 : 1);
      default:
        atom_ = out_.size();
        return copy(character_bytes(at_));
    }
  }

  size_t character_bytes(size_t begin) const {
    size_t end = begin;
    next_code_point(in_, end);
    return end - begin;
  }

  void copy(size_t n) {
    out_ += in_.substr(at_, n);
    at_ += n;
  }

  void open_group() {
    groups_.push_back(out_.size());
    if (next_is("(*")) refuse("a verb (*...)");
    if (next_is("(?{") || next_is("(?C")) refuse("a callout");
    if (next_is("(?~")) refuse("an absence operator");
    if (!next_is("(?")) return copy(1);
    copy(2);
    // Ruby's m lets the dot match a newline: PCRE2's s. Its i and x are the same.
    const size_t end = in_.find_first_not_of("imx-", at_);
    const bool is_option_list =
        end != std::string_view::npos && end > at_ && (in_[end] == ':' || in_[end] == ')');
    for (; is_option_list && at_ < end; ++at_) {
      if (in_[at_] == 'x') refuse("the option x");
      out_ += in_[at_] == 'm' ? 's' : in_[at_];
    }
  }

  // x{n,m}+ repeats x{n,m} once or more; PCRE2 would make it possessive.
  void interval() {
    const size_t close = in_.find('}', at_);
    const std::string_view inside =
        close == std::string_view::npos ? std::string_view() : in_.substr(at_ + 1, close - at_ - 1);
    const bool is_interval =
        !inside.empty() && inside.find_first_not_of("0123456789,") == std::string_view::npos;
    if (!is_interval) {
      atom_ = out_.size();
      out_ += R"(\{)";
      ++at_;
      return;
    }
    if (inside.front() == ',') {  // {,m} is a literal for PCRE2
      out_.append("{0").append(inside).append("}");
      at_ = close + 1;
    } else {
      copy(inside.size() + 2);
    }
    if (!next_is("+")) return;
    out_.insert(atom_, "(?:");
    out_ += ")+";
    ++at_;
  }

  void escape(bool in_class) {
    if (at_ + 1 >= in_.size()) refuse("a backslash with nothing after it");
    const char c = in_[at_ + 1];
    switch (c) {
      case 'w':
        return members(in_class ? kWordInClass : kWord, false, in_class);
      case 'W':
        return members(in_class ? kWordInClass : kWord, true, in_class);
      case 'h':
        return members(kHex, false, in_class);
      case 'H':
        return members(kHex, true, in_class);
      case 'b':
      case 'B':
        return boundary(c == 'B', in_class);
      case 'p':
      case 'P':
        return property(in_class);
      case 'u':
        return unicode();
      case 'x':
        return copy(next_is(R"(\x{)") ? std::min(in_.find('}', at_), in_.size() - 1) - at_ + 1 : 2);
      case 'v':
        at_ += 2;
        out_ += R"(\x0b)";
        return;
      case 'V':
      case 'Q':
      case 'E':
      case 'N':
      case 'O':
      case 'C':
      case 'M':
      case 'y':
      case 'Y':
      case 'g':
        refuse("an escape of its own kind");
      default:
        return copy(1 + character_bytes(at_ + 1));
    }
  }

  void members(std::string_view list, bool negated, bool in_class) {
    at_ += 2;
    add_members(list, negated, in_class);
  }
  void add_members(std::string_view list, bool negated, bool in_class) {
    if (in_class && !negated) {
      out_ += list;
      return;
    }
    const std::string all = std::string(negated ? "[^" : "[").append(list).append("]");
    if (in_class)
      alternatives_.push_back(all);
    else
      out_ += all;
  }

  void boundary(bool negated, bool in_class) {
    if (in_class) return copy(2);  // a backspace for both
    at_ += 2;
    const std::string word = "[" + std::string(kWord) + "]";
    const std::string_view here = negated ? "=" : "!", there = negated ? "!" : "=";
    out_.append("(?:(?<=").append(word).append(")(?").append(here).append(word);
    out_.append(")|(?<!").append(word).append(")(?").append(there).append(word).append("))");
  }

  void property(bool in_class) {
    bool negated = in_[at_ + 1] == 'P';
    const size_t close = in_.find('}', at_);
    if (at_ + 2 >= in_.size() || in_[at_ + 2] != '{' || close == std::string_view::npos)
      refuse("a property without braces");
    std::string_view name = in_.substr(at_ + 3, close - at_ - 3);
    if (name.starts_with('^')) {
      negated = !negated;
      name.remove_prefix(1);
    }
    const size_t next = close + 1;
    if (name == "Word" || name == "word") {
      add_members(in_class ? kWordInClass : kWord, negated, in_class);
    } else if (std::find(std::begin(kSameProperties), std::end(kSameProperties), name) !=
               std::end(kSameProperties)) {
      out_.append(negated ? R"(\P{)" : R"(\p{)").append(name).append("}");
    } else if (const auto list = onig_property(name)) {
      add_members(*list, negated, in_class);
    } else {
      // A script; PCRE2 would take a bare name for its script extensions.
      const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalpha(static_cast<unsigned char>(c)) || c == '_';
      });
      if (!is_name) refuse("an unknown property");
      out_.append(negated ? R"(\P{sc:)" : R"(\p{sc:)").append(name).append("}");
    }
    at_ = next;
  }

  static std::optional<std::string_view> onig_property(std::string_view name) {
    const auto same = [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) ==
             std::tolower(static_cast<unsigned char>(b));
    };
    for (const PropertyRow& row : kOnigProperties)
      if (std::equal(name.begin(), name.end(), row.name.begin(), row.name.end(), same))
        return row.members;
    return std::nullopt;
  }

  void unicode() {
    const std::string_view digits = in_.substr(at_ + 2, 4);
    const bool all_hex =
        digits.size() == 4 && std::all_of(digits.begin(), digits.end(), [](char c) {
          return std::isxdigit(static_cast<unsigned char>(c));
        });
    if (!all_hex) refuse("\\u without four digits");
    out_.append(R"(\x{)").append(digits).append("}");
    at_ += 6;
  }

  // What a class stands for. PCRE2 has neither classes in classes, nor intersections, nor negated
  // lists of several properties inside a class: what its own classes cannot say becomes
  // alternatives and look-aheads.
  void char_class() { out_ += read_class().text; }

  struct Class {
    std::string text;
    std::string members;  // of a plain class [members]; empty for another
  };

  // From [ to ]. Keeps out_ as it is.
  Class read_class() {
    if (++class_depth_ > 8) refuse("classes nested too deeply");
    std::string before = std::move(out_);
    std::vector<std::string> outer = std::move(alternatives_);
    ++at_;
    const bool negated = next_is("^");
    if (negated) ++at_;
    std::vector<std::string> operands;  // of &&
    std::string members = read_operand(/*is_first=*/true);
    bool is_plain = alternatives_.empty();
    for (;; members = read_operand(/*is_first=*/false)) {
      const bool is_last = next_is("]");
      is_plain = is_plain && is_last && operands.empty();
      operands.push_back(union_of(members));
      at_ += is_last ? 1 : 2;  // ] or &&
      if (is_last) break;
    }
    out_ = std::move(before);
    alternatives_ = std::move(outer);
    --class_depth_;
    if (is_plain) return {(negated ? "[^" : "[") + members + "]", negated ? "" : members};
    std::string all;
    for (size_t i = 0; i + 1 < operands.size(); ++i) all += "(?=" + operands[i] + ")";
    all += operands.back();
    return {negated ? "(?:(?!" + all + ")(?s:.))" : "(?:" + all + ")", {}};
  }

  // The members of a class, or of one side of &&; what is no member goes to alternatives_.
  std::string read_operand(bool is_first) {
    out_.clear();
    alternatives_.clear();
    const size_t begin = at_;
    for (;;) {
      if (at_ >= in_.size()) refuse("a class that does not end");
      const char c = in_[at_];
      if ((c == ']' && (at_ > begin || !is_first)) || next_is("&&")) break;
      if (c == '[') {
        if (next_is("[:")) refuse("a POSIX bracket");
        const Class inner = read_class();
        if (inner.members.empty())
          alternatives_.push_back(inner.text);
        else
          out_ += inner.members;
      } else if (c == '\\') {
        escape(/*in_class=*/true);
      } else if (c == ']' || (c == '-' && (at_ == begin || next_is("-[") || next_is("-]")))) {
        out_.append({'\\', c});  // a literal, whatever stands beside it now
        ++at_;
      } else if (c == '^') {
        out_ += R"(\^)";
        ++at_;
      } else {
        copy(1);
      }
    }
    if (out_.empty() && alternatives_.empty()) refuse("an empty class");
    return out_;
  }

  std::string union_of(const std::string& members) const {
    std::vector<std::string> parts = alternatives_;
    if (!members.empty()) parts.insert(parts.begin(), "[" + members + "]");
    if (parts.size() == 1) return parts[0];
    return fmt::format("(?:{})", fmt::join(parts, "|"));
  }

  std::string_view in_, context_;
  size_t at_ = 0;
  std::string out_;
  size_t atom_ = 0;             // where the last atom starts in out_
  std::vector<size_t> groups_;  // where open groups start in out_
  int class_depth_ = 0;
  std::vector<std::string> alternatives_;  // of the class under way
};

}  // namespace

std::string translate_onig_pattern(std::string_view pattern, std::string_view context) {
  return Translator(pattern, context).run();
}

}  // namespace caracal
