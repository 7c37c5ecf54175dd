/// Filters that give numbers.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/utf8.h"
#include "text/template/builtin_tables.h"
#include "text/template/failure.h"
#include "text/template/format.h"
#include "text/template/numbers.h"
#include "text/template/ops.h"
#include "text/template/unicode.h"

namespace caracal::jinja {
namespace {

/// Underscores may stand between digits only.
std::optional<std::string> without_underscores(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out += text[i];
      continue;
    }
    const auto alnum = [](char c) {
      return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
    };
    if (i == 0 || i + 1 == text.size() || !alnum(text[i - 1]) || !alnum(text[i + 1]))
      return std::nullopt;
  }
  return out;
}

/// Python reads the digits of every script; this engine reads ASCII.
void refuse_foreign_digits(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const uint32_t c = next_code_point(text, at);
    if (c >= 0x80 && is_decimal(c)) unsupported("a number in digits other than 0 to 9");
  }
}

Value do_abs(Invocation& c) {
  require_defined(c.self);
  if (!c.self.is_number()) fail("bad operand type for abs(): '{}'", type_name(c.self));
  if (c.self.is(Kind::real)) return Value::real(std::fabs(c.self.to_real()));
  return c.self.to_int() < 0 ? negative(c.budget, c.self) : positive(c.self);
}

Value do_int(Invocation& c) {
  const Value otherwise = c.has(0) ? c.args[0] : Value::integer(0);
  require_defined(c.self);
  if (c.self.is_int()) return Value::integer(c.self.to_int());
  if (c.self.is(Kind::real)) {
    if (std::isinf(c.self.to_real())) fail("cannot convert float infinity to integer");
    return std::isnan(c.self.to_real()) ? otherwise
                                        : Value::integer(truncate_real(c.self.to_real()));
  }
  if (!c.self.is_string()) return otherwise;
  if (const auto i = parse_int(c.self.text(), c.integer(1, 10))) return Value::integer(*i);
  const auto real = parse_real(c.self.text());  // "42.23" gives 42
  if (!real || std::isnan(*real)) return otherwise;
  if (std::isinf(*real)) fail("cannot convert float infinity to integer");
  return Value::integer(truncate_real(*real));
}

Value do_float(Invocation& c) {
  require_defined(c.self);
  if (c.self.is_number()) return Value::real(c.self.to_real());
  const auto real = c.self.is_string() ? parse_real(c.self.text()) : std::nullopt;
  if (real) return Value::real(*real);
  return c.has(0) ? c.args[0] : Value::real(0);
}

/// Rounds half to even on the exact binary value, as Python's round.
double round_to(Budget& budget, double value, int64_t precision) {
  if (!std::isfinite(value)) return value;
  if (precision > 308) return value;
  if (precision >= 0) {
    return *parse_real(real_digits(budget, value, 'f', precision));
  }
  if (precision < -308) return std::copysign(0.0, value);
  const double unit = std::pow(10.0, static_cast<double>(-precision));
  return std::nearbyint(value / unit) * unit;
}

Value do_round(Invocation& c) {
  require_defined(c.self);
  const std::string_view method = c.text(1, "common");
  const int64_t precision = c.integer(0, 0);
  if (method != "common" && method != "ceil" && method != "floor") {
    fail("method must be common, ceil or floor");
  }
  if (!c.self.is_number()) fail("type {} doesn't define __round__ method", type_name(c.self));
  if (method == "common") {
    if (c.self.is(Kind::real)) return Value::real(round_to(c.budget, c.self.to_real(), precision));
    if (precision >= 0) return positive(c.self);
    unsupported("rounding an integer to tens");
  }
  const double scale = std::pow(10.0, static_cast<double>(precision));
  const double scaled = c.self.to_real() * scale;
  return Value::real((method == "ceil" ? std::ceil(scaled) : std::floor(scaled)) / scale);
}

Value do_filesizeformat(Invocation& c) {
  static constexpr const char* kDecimal[] = {"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
  static constexpr const char* kBinary[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"};
  const auto parsed = c.self.is_number()   ? std::optional(c.self.to_real())
                      : c.self.is_string() ? parse_real(c.self.text())
                                           : std::nullopt;
  if (!parsed) fail("could not convert to float: {}", repr_plain(c.self));
  const bool binary = c.flag(0, false);
  const double base = binary ? 1024 : 1000;
  if (*parsed == 1) return c.string("1 Byte");
  if (*parsed < base) return c.string(fmt::format("{} Bytes", truncate_real(*parsed)));
  double unit = base;
  for (int i = 0;; ++i) {
    unit *= base;
    if (*parsed < unit || i == 7) {
      return c.string(
          fmt::format("{:.1f} {}", base * *parsed / unit, binary ? kBinary[i] : kDecimal[i]));
    }
  }
}

constexpr Builtin kTable[] = {
    {"abs", do_abs, ""},
    {"filesizeformat", do_filesizeformat, "binary"},
    {"float", do_float, "default"},
    {"int", do_int, "default base"},
    {"random", nullptr, ""},
    {"round", do_round, "precision method"},
};

}  // namespace

std::optional<int64_t> parse_int(std::string_view text, int64_t base) {
  refuse_foreign_digits(text);
  if (base != 0 && (base < 2 || base > 36)) return std::nullopt;
  const auto clean = without_underscores(strip(text, nullptr, true, true));
  if (!clean) return std::nullopt;
  std::string_view digits = *clean;
  const bool minus = !digits.empty() && digits[0] == '-';
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
  const auto prefixed = [&](char letter, int64_t of_base) {
    return digits.size() > 2 && digits[0] == '0' && (digits[1] | 32) == letter &&
           (base == 0 || base == of_base);
  };
  int64_t radix = base == 0 ? 10 : base;
  for (const auto& [letter, of_base] : {std::pair{'x', 16}, std::pair{'o', 8}, std::pair{'b', 2}}) {
    if (!prefixed(letter, of_base)) continue;
    digits.remove_prefix(2);
    radix = of_base;
    break;
  }
  if (digits.empty()) return std::nullopt;
  uint64_t magnitude = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude,
                                            static_cast<int>(radix));
  if (end != digits.data() + digits.size() || error == std::errc::invalid_argument)
    return std::nullopt;
  if (error != std::errc() || magnitude > uint64_t{INT64_MAX}) {
    unsupported("an integer that does not fit 64 bits");
  }
  return minus ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
}

std::optional<double> parse_real(std::string_view text) {
  refuse_foreign_digits(text);
  const auto clean = without_underscores(strip(text, nullptr, true, true));
  if (!clean || clean->empty()) return std::nullopt;
  std::string_view digits = *clean;
  if (digits[0] == '+') digits.remove_prefix(1);
  if (digits.empty() || digits[0] == '+') return std::nullopt;
  if (digits.find('(') != std::string_view::npos) return std::nullopt;  // nan(chars) is C only
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size() || error == std::errc::invalid_argument)
    return std::nullopt;
  if (error == std::errc::result_out_of_range)
    return std::strtod(std::string(digits).c_str(), nullptr);
  return value;
}

int64_t truncate_real(double value) {
  if (!(std::fabs(value) < 0x1p63)) unsupported("an integer that does not fit 64 bits");
  return static_cast<int64_t>(value);
}

std::span<const Builtin> number_filters() { return kTable; }

}  // namespace caracal::jinja
