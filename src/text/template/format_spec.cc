/// The mini-language of format specifications:
/// [[fill]align][sign][#][0][width][,][.precision][type].
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>

#include "base/utf8.h"
#include "text/template/failure.h"
#include "text/template/format.h"
#include "text/template/ops.h"
#include "text/template/string_ops.h"
#include "text/template/unicode.h"

namespace caracal::jinja {
namespace {

constexpr int64_t kMaxWidth = int64_t{1} << 40;  ///< larger than any budget; keeps sums in range

struct Spec {
  uint32_t fill = ' ';
  char align = 0;  ///< < > ^ = or none
  char sign = '-';
  bool alternate = false;
  int64_t width = 0;
  char grouping = 0;  ///< , _ or none
  std::optional<int64_t> precision;
  char type = 0;
};

bool is_align(uint32_t c) { return c == '<' || c == '>' || c == '^' || c == '='; }

class SpecParser {
 public:
  explicit SpecParser(std::string_view text) : text_(text) {}

  Spec run() {
    Spec s;
    align(s);
    if (at("+- ")) s.sign = text_[at_++];
    s.alternate = skip('#');
    if (skip('0') && !s.align) s.fill = '0', s.align = '=';
    s.width = number().value_or(0);
    if (at(",_")) s.grouping = text_[at_++];
    if (skip('.')) {
      s.precision = number();
      if (!s.precision) fail("Format specifier missing precision");
    }
    if (at_ < text_.size()) s.type = text_[at_++];
    if (at_ < text_.size()) fail("Invalid format specifier '{}'", text_);
    return s;
  }

 private:
  bool at(std::string_view set) const {
    return at_ < text_.size() && set.find(text_[at_]) != set.npos;
  }
  bool skip(char c) { return at_ < text_.size() && text_[at_] == c && (++at_, true); }

  void align(Spec& s) {
    if (text_.empty()) return;
    size_t next = 0;
    const uint32_t fill = next_code_point(text_, next);
    if (next < text_.size() && is_align(static_cast<unsigned char>(text_[next]))) {
      s.fill = fill;
      s.align = text_[next];
      at_ = next + 1;
    } else if (is_align(fill)) {
      s.align = text_[at_++];
    }
  }

  std::optional<int64_t> number() {
    int64_t value = 0;
    const auto [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range || value > kMaxWidth)
      fail("Too many decimal digits in format string");
    if (error != std::errc() || value < 0) return std::nullopt;
    at_ = static_cast<size_t>(end - text_.data());
    return value;
  }

  std::string_view text_;
  size_t at_ = 0;
};

[[noreturn]] void unknown_type(char type, const Value& value) {
  fail("Unknown format code '{}' for object of type '{}'", type, type_name(value));
}

std::string padded(Budget& budget, std::string text, const Spec& s, char otherwise) {
  const char align = s.align ? s.align : otherwise;
  const StringObject object(nullptr, std::move(text), false);
  return pad_text(budget, object, s.width, s.fill,
                  align == '<'   ? Align::left
                  : align == '^' ? Align::center
                                 : Align::right);
}

/// str.__format__ puts the odd fill character of ^ on the right.
std::string centered(Budget& budget, const std::string& text, const Spec& s) {
  const StringObject object(nullptr, text, false);
  const int64_t missing = std::max<int64_t>(s.width - static_cast<int64_t>(object.length), 0);
  const StringObject left(
      nullptr,
      pad_text(budget, object, static_cast<int64_t>(object.length) + missing / 2, s.fill,
               Align::right),
      false);
  return pad_text(budget, left, s.width, s.fill, Align::left);
}

std::string aligned(Budget& budget, std::string text, const Spec& s, char otherwise) {
  const char align = s.align ? s.align : otherwise;
  return align == '^' ? centered(budget, text, s) : padded(budget, std::move(text), s, otherwise);
}

std::string text_with(Budget& budget, const Value& value, const Spec& s) {
  if (s.type && s.type != 's') unknown_type(s.type, value);
  if (s.align == '=') fail("'=' alignment not allowed in string format specifier");
  if (s.sign != '-') fail("Sign not allowed in string format specifier");
  std::string text(value.text());
  if (s.precision) {
    text.resize(offset_of(value.get<StringObject>(), static_cast<size_t>(*s.precision)));
  }
  return aligned(budget, std::move(text), s, '<');
}

/// Separators every three digits of the integer part (every four for other bases).
std::string grouped(const std::string& digits, char separator, size_t every) {
  const size_t n_integer =
      std::min(digits.find_first_not_of("0123456789abcdefABCDEF"), digits.size());
  std::string out;
  for (size_t i = 0; i < n_integer; ++i) {
    if (i && (n_integer - i) % every == 0) out += separator;
    out += digits[i];
  }
  return out + digits.substr(n_integer);
}

std::string signed_number(Budget& budget, bool negative, std::string prefix, std::string digits,
                          const Spec& s) {
  std::string sign = negative ? "-" : s.sign == '-' ? "" : std::string(1, s.sign);
  const bool decimal =
      prefix.empty() && s.type != 'x' && s.type != 'X' && s.type != 'b' && s.type != 'o';
  const size_t every = decimal ? 3 : 4;
  if (!s.alternate) prefix.clear();
  if (s.grouping) digits = grouped(digits, s.grouping, every);
  sign += prefix;
  if (s.align != '=') return aligned(budget, sign + digits, s, '>');
  if (s.grouping && s.fill == '0')
    unsupported("zero padding together with '{}' in a format", s.grouping);
  Spec inner = s;
  inner.width = std::max<int64_t>(s.width - static_cast<int64_t>(sign.size()), 0);
  inner.align = '>';
  return sign + padded(budget, std::move(digits), inner, '>');
}

std::string real_with(Budget& budget, const Value& value, const Spec& s) {
  const double d = value.to_real();
  const double magnitude = std::fabs(d);
  std::string digits;
  switch (s.type) {
    case 0:
      digits = real_text(magnitude);
      if (s.precision && std::isfinite(d)) {
        digits = real_digits(budget, magnitude, 'g', *s.precision, s.alternate);
        if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
      }
      break;
    case '%':
      digits = real_digits(budget, magnitude * 100, 'f', s.precision.value_or(6)) + "%";
      break;
    case 'n':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      digits = real_digits(budget, magnitude, s.type == 'n' ? 'g' : s.type, s.precision.value_or(6),
                           s.alternate);
      break;
    default:
      unknown_type(s.type, value);
  }
  return signed_number(budget, std::signbit(d) && !std::isnan(d), "", std::move(digits), s);
}

std::string integer_with(Budget& budget, const Value& value, const Spec& s) {
  if (s.type && std::string_view("eEfFgG%").find(s.type) != std::string_view::npos) {
    return real_with(budget, Value::real(value.to_real()), s);
  }
  if (s.precision) fail("Precision not allowed in integer format specifier");
  const int64_t i = value.to_int();
  const uint64_t magnitude =
      i < 0 ? uint64_t{0} - static_cast<uint64_t>(i) : static_cast<uint64_t>(i);
  switch (s.type) {
    case 0:
    case 'd':
    case 'n':
      return signed_number(budget, i < 0, "", integer_digits(magnitude, 10, false), s);
    case 'b':
      return signed_number(budget, i < 0, "0b", integer_digits(magnitude, 2, false), s);
    case 'o':
      return signed_number(budget, i < 0, "0o", integer_digits(magnitude, 8, false), s);
    case 'x':
      return signed_number(budget, i < 0, "0x", integer_digits(magnitude, 16, false), s);
    case 'X':
      return signed_number(budget, i < 0, "0X", integer_digits(magnitude, 16, true), s);
    case 'c': {
      if (i < 0 || i > 0x10FFFF || (i >= 0xD800 && i < 0xE000))
        fail("%c arg not in range(0x110000)");
      std::string text;
      append_utf8(text, static_cast<uint32_t>(i));
      return aligned(budget, std::move(text), s, '<');
    }
    default:
      unknown_type(s.type, value);
  }
}

}  // namespace

std::string integer_digits(uint64_t magnitude, int base, bool upper_case) {
  char buffer[72];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, magnitude, base).ptr;
  if (upper_case) {
    std::transform(buffer, end, buffer,
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 32) : c; });
  }
  return std::string(buffer, end);
}

std::string real_digits(Budget& budget, double value, char conversion, int64_t precision,
                        bool alternate) {
  const bool upper_case = conversion < 'a';
  if (std::isnan(value)) return upper_case ? "NAN" : "nan";
  if (std::isinf(value)) return std::string(value < 0 ? "-" : "") + (upper_case ? "INF" : "inf");
  if (precision > 100'000) fail("precision too big");
  budget.check_room(static_cast<size_t>(precision) + 400);
  const char format[] = {'%',
                         alternate ? '#' : '.',
                         alternate ? '.' : '*',
                         alternate ? '*' : conversion,
                         alternate ? conversion : '\0',
                         '\0'};
  std::string out(static_cast<size_t>(precision) + 400, '\0');
  const int n = std::snprintf(out.data(), out.size(), format, static_cast<int>(precision), value);
  out.resize(static_cast<size_t>(std::max(n, 0)));
  return out;
}

std::string format_value(Budget& budget, const Value& value, std::string_view spec) {
  budget.step(spec.size());
  if (spec.empty()) return to_text(budget, value);
  if (value.is_string()) return text_with(budget, value, SpecParser(spec).run());
  if (value.is(Kind::real)) return real_with(budget, value, SpecParser(spec).run());
  if (value.is_int()) return integer_with(budget, value, SpecParser(spec).run());
  fail("unsupported format string passed to {}.__format__", type_name(value));
}

}  // namespace caracal::jinja
