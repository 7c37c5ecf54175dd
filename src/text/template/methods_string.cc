/// Methods of str.
#include <algorithm>

#include "base/utf8.h"
#include "text/template/builtin_tables.h"
#include "text/template/failure.h"
#include "text/template/format.h"
#include "text/template/ops.h"
#include "text/template/string_ops.h"
#include "text/template/unicode.h"

namespace caracal::jinja {
namespace {

constexpr auto npos = std::string_view::npos;

const StringObject& self(const Invocation& c) { return c.self.get<StringObject>(); }
Value same(const Invocation& c, std::string text) {
  return c.string(std::move(text), self(c).markup);
}
Value yes(bool b) { return Value::boolean(b); }

Value do_upper(Invocation& c) { return same(c, upper(self(c).text)); }
Value do_lower(Invocation& c) { return same(c, lower(self(c).text)); }
Value do_capitalize(Invocation& c) { return same(c, capitalize(self(c).text)); }
Value do_title(Invocation& c) { return same(c, title(self(c).text)); }
Value do_swapcase(Invocation& c) { return same(c, swapcase(self(c).text)); }
Value do_casefold(Invocation& c) { return same(c, casefold(self(c).text)); }

Value stripped(Invocation& c, bool left, bool right) {
  if (!c.given(0)) return same(c, std::string(strip(self(c).text, nullptr, left, right)));
  require_defined(c.args[0]);
  if (!c.args[0].is_string()) fail("{} arg must be None or str", c.builtin.name);
  const std::string_view chars = c.text(0);
  return same(c, std::string(strip(self(c).text, &chars, left, right)));
}
Value do_strip(Invocation& c) { return stripped(c, true, true); }
Value do_lstrip(Invocation& c) { return stripped(c, true, false); }
Value do_rstrip(Invocation& c) { return stripped(c, false, true); }

Value parts_list(Invocation& c, const std::vector<std::string_view>& parts) {
  std::vector<Value> items;
  items.reserve(parts.size());
  for (const std::string_view part : parts) items.push_back(same(c, std::string(part)));
  return c.list(std::move(items));
}

Value split(Invocation& c, bool from_right) {
  const int64_t limit = c.integer(1, -1);
  const std::string& text = self(c).text;
  if (!c.given(0)) {
    return parts_list(c, from_right ? split_space_right(c.budget, text, limit)
                                    : split_space(c.budget, text, limit));
  }
  require_defined(c.args[0]);
  if (!c.args[0].is_string()) fail("must be str or None, not {}", type_name(c.args[0]));
  const std::string_view separator = c.text(0);
  if (separator.empty()) fail("empty separator");
  return parts_list(c, from_right ? split_at_right(c.budget, text, separator, limit)
                                  : split_at(c.budget, text, separator, limit));
}
Value do_split(Invocation& c) { return split(c, false); }
Value do_rsplit(Invocation& c) { return split(c, true); }
Value do_splitlines(Invocation& c) {
  return parts_list(c, split_lines(c.budget, self(c).text, c.flag(0, false)));
}

Value partition(Invocation& c, bool from_right) {
  const std::string& text = self(c).text;
  const std::string_view separator = c.text(0);
  if (separator.empty()) fail("empty separator");
  const size_t at = from_right ? text.rfind(separator) : text.find(separator);
  const auto part = [&](size_t from, size_t to) { return same(c, text.substr(from, to - from)); };
  const Value empty = same(c, "");
  if (at == npos) {
    return from_right ? make_tuple(&c.budget, {empty, empty, c.self})
                      : make_tuple(&c.budget, {c.self, empty, empty});
  }
  const size_t after = at + separator.size();
  return make_tuple(&c.budget, {part(0, at), part(at, after), part(after, text.size())});
}
Value do_partition(Invocation& c) { return partition(c, false); }
Value do_rpartition(Invocation& c) { return partition(c, true); }

Value do_replace(Invocation& c) {
  return same(c, replace_text(c.budget, self(c).text, c.text(0), c.text(1), c.integer(2, -1)));
}

Value do_join(Invocation& c) {
  if (!Cursor::can_iterate(c.args[0])) fail("can only join an iterable");
  TextSink out(c.budget);
  Cursor cursor(c.args[0]);
  int64_t index = 0;
  for (Value v; cursor.next(c.budget, v); ++index) {
    if (!v.is_string())
      fail("sequence item {}: expected str instance, {} found", index, type_name(v));
    if (index) out << self(c).text;
    out << (self(c).markup && !v.get<StringObject>().markup ? escape_html(v.text())
                                                            : std::string(v.text()));
  }
  return same(c, out.take());
}

/// The part of the text that the arguments start and end (code points) leave, or nothing.
struct Window {
  std::string_view text;
  size_t first = 0;  ///< code points before it
  bool valid = true;
};
Window window(const Invocation& c, size_t start_at, size_t end_at) {
  const StringObject& s = self(c);
  const int64_t length = static_cast<int64_t>(s.length);
  const auto clamp = [&](size_t i, int64_t otherwise) {
    const int64_t v = c.given(i) ? c.integer(i, otherwise) : otherwise;
    return std::min(v < 0 ? std::max<int64_t>(v + length, 0) : v, INT64_MAX);
  };
  const int64_t start = clamp(start_at, 0), end = std::min(clamp(end_at, length), length);
  if (start > end) return {{}, 0, false};
  const size_t from = offset_of(s, static_cast<size_t>(start)),
               to = offset_of(s, static_cast<size_t>(end));
  return {std::string_view(s.text).substr(from, to - from), static_cast<size_t>(start)};
}

Value affix(Invocation& c, bool at_start) {
  const Window w = window(c, 1, 2);
  const auto matches = [&](const Value& v) {
    const std::string_view a = v.text();
    if (!w.valid || w.text.size() < a.size()) return false;
    return (at_start ? w.text.substr(0, a.size()) : w.text.substr(w.text.size() - a.size())) == a;
  };
  require_defined(c.args[0]);
  if (c.args[0].is_string()) return yes(matches(c.args[0]));
  if (!c.args[0].is(Kind::tuple)) {
    fail("{} first arg must be str or a tuple of str, not {}", c.builtin.name,
         type_name(c.args[0]));
  }
  for (const Value& v : c.args[0].items()) {
    if (!v.is_string())
      fail("tuple for {} must only contain str, not {}", c.builtin.name, type_name(v));
    if (matches(v)) return yes(true);
  }
  return yes(false);
}
Value do_startswith(Invocation& c) { return affix(c, true); }
Value do_endswith(Invocation& c) { return affix(c, false); }

int64_t position(Invocation& c, bool from_right) {
  const Window w = window(c, 1, 2);
  if (!w.valid) return -1;
  const size_t at = from_right ? w.text.rfind(c.text(0)) : w.text.find(c.text(0));
  if (at == npos) return -1;
  const StringObject before(nullptr, std::string(w.text.substr(0, at)), false);
  return static_cast<int64_t>(w.first + before.length);
}
Value do_find(Invocation& c) { return Value::integer(position(c, false)); }
Value do_rfind(Invocation& c) { return Value::integer(position(c, true)); }

Value found(int64_t at) {
  if (at < 0) fail("substring not found");
  return Value::integer(at);
}
Value do_index(Invocation& c) { return found(position(c, false)); }
Value do_rindex(Invocation& c) { return found(position(c, true)); }

Value do_count(Invocation& c) {
  const Window w = window(c, 1, 2);
  const std::string_view part = c.text(0);
  if (!w.valid) return Value::integer(0);
  if (part.empty()) {
    const StringObject inside(nullptr, std::string(w.text), false);
    return Value::integer(static_cast<int64_t>(inside.length) + 1);
  }
  int64_t count = 0;
  for (size_t at = w.text.find(part); at != npos; at = w.text.find(part, at + part.size())) ++count;
  return Value::integer(count);
}

Value do_removeprefix(Invocation& c) {
  std::string_view text = self(c).text;
  const std::string_view part = c.text(0);
  if (text.substr(0, part.size()) == part) text.remove_prefix(part.size());
  return same(c, std::string(text));
}
Value do_removesuffix(Invocation& c) {
  std::string_view text = self(c).text;
  const std::string_view part = c.text(0);
  const bool ends = text.size() >= part.size() && text.substr(text.size() - part.size()) == part;
  if (ends) text.remove_suffix(part.size());
  return same(c, std::string(text));
}

Value padded(Invocation& c, Align align) {
  uint32_t fill = ' ';
  if (c.has(1)) {
    const std::vector<uint32_t> points = code_points(c.text(1));
    if (points.size() != 1) fail("The fill character must be exactly one character long");
    fill = points[0];
  }
  return same(c, pad_text(c.budget, self(c), c.integer(0, 0), fill, align));
}
Value do_ljust(Invocation& c) { return padded(c, Align::left); }
Value do_rjust(Invocation& c) { return padded(c, Align::right); }
Value do_center(Invocation& c) { return padded(c, Align::center); }

Value do_zfill(Invocation& c) {
  const StringObject& s = self(c);
  const bool is_signed = !s.text.empty() && (s.text[0] == '+' || s.text[0] == '-');
  const StringObject digits(nullptr, s.text.substr(is_signed), false);
  const int64_t width = c.integer(0, 0) - (is_signed ? 1 : 0);
  return same(c,
              s.text.substr(0, is_signed) + pad_text(c.budget, digits, width, '0', Align::right));
}

Value do_expandtabs(Invocation& c) {
  const int64_t size = c.integer(0, 8);
  TextSink out(c.budget);
  int64_t column = 0;
  for (const uint32_t p : code_points(self(c).text)) {
    if (p == '\t') {
      const int64_t n = size > 0 ? size - column % size : 0;
      c.budget.check_room(static_cast<size_t>(n));
      out << std::string(static_cast<size_t>(n), ' ');
      column += n;
      continue;
    }
    std::string one;
    append_utf8(one, p);
    out << one;
    column = p == '\n' || p == '\r' ? 0 : column + 1;
  }
  return same(c, out.take());
}

Value do_format(Invocation& c) { return brace_format(c.in, c.self, c.args, c.keywords); }
Value do_format_map(Invocation& c) {
  if (!c.args[0].is_dict())
    fail("format_map() argument must be a mapping, not {}", type_name(c.args[0]));
  std::vector<std::pair<std::string, Value>> keywords;
  for (const auto& [key, value] : c.args[0].get<DictObject>().entries) {
    if (key.is_string()) keywords.emplace_back(std::string(key.text()), value);
  }
  return brace_format(c.in, c.self, {}, keywords);
}

Value all_are(Invocation& c, bool (*wanted)(uint32_t), bool when_empty = false) {
  const std::string& text = self(c).text;
  for (size_t at = 0; at < text.size();) {
    if (!wanted(next_code_point(text, at))) return yes(false);
  }
  return yes(!text.empty() || when_empty);
}
Value do_isalnum(Invocation& c) {
  return all_are(c, [](uint32_t p) { return is_alphabetic(p) || is_numeric(p); });
}
Value do_isalpha(Invocation& c) { return all_are(c, is_alphabetic); }
Value do_isascii(Invocation& c) { return yes(self(c).is_ascii()); }
Value do_isdecimal(Invocation& c) { return all_are(c, is_decimal); }
Value do_isdigit(Invocation& c) { return all_are(c, is_digit); }
Value do_isnumeric(Invocation& c) { return all_are(c, is_numeric); }
Value do_isprintable(Invocation& c) { return all_are(c, is_printable, true); }
Value do_isspace(Invocation& c) { return all_are(c, is_space); }

Value do_isidentifier(Invocation& c) {
  const std::vector<uint32_t> points = code_points(self(c).text);
  return yes(!points.empty() && !is_numeric(points[0]) &&
             std::all_of(points.begin(), points.end(), is_word));
}

Value only_case(Invocation& c, bool (*wanted)(uint32_t)) {
  bool any = false;
  for (const uint32_t p : code_points(self(c).text)) {
    if (!is_cased(p)) continue;
    if (!wanted(p)) return yes(false);
    any = true;
  }
  return yes(any);
}
Value do_islower(Invocation& c) { return only_case(c, is_lower); }
Value do_isupper(Invocation& c) { return only_case(c, is_upper); }

Value do_istitle(Invocation& c) {
  bool any = false, after_cased = false;
  for (const uint32_t p : code_points(self(c).text)) {
    const bool cased = is_cased(p);
    if (cased && (after_cased ? !is_lower(p) : is_lower(p))) return yes(false);
    any |= cased;
    after_cased = cased;
  }
  return yes(any);
}

constexpr Builtin kTable[] = {
    {"capitalize", do_capitalize, ""},
    {"casefold", do_casefold, ""},
    {"center", do_center, "width fillchar", 1},
    {"count", do_count, "sub start end", 1},
    {"encode", nullptr, "*"},
    {"endswith", do_endswith, "suffix start end", 1},
    {"expandtabs", do_expandtabs, "tabsize"},
    {"find", do_find, "sub start end", 1},
    {"format", do_format, "*"},
    {"format_map", do_format_map, "mapping", 1},
    {"index", do_index, "sub start end", 1},
    {"isalnum", do_isalnum, ""},
    {"isalpha", do_isalpha, ""},
    {"isascii", do_isascii, ""},
    {"isdecimal", do_isdecimal, ""},
    {"isdigit", do_isdigit, ""},
    {"isidentifier", do_isidentifier, ""},
    {"islower", do_islower, ""},
    {"isnumeric", do_isnumeric, ""},
    {"isprintable", do_isprintable, ""},
    {"isspace", do_isspace, ""},
    {"istitle", do_istitle, ""},
    {"isupper", do_isupper, ""},
    {"join", do_join, "iterable", 1},
    {"ljust", do_ljust, "width fillchar", 1},
    {"lower", do_lower, ""},
    {"lstrip", do_lstrip, "chars"},
    {"maketrans", nullptr, "*"},
    {"partition", do_partition, "sep", 1},
    {"removeprefix", do_removeprefix, "prefix", 1},
    {"removesuffix", do_removesuffix, "suffix", 1},
    {"replace", do_replace, "old new count", 2},
    {"rfind", do_rfind, "sub start end", 1},
    {"rindex", do_rindex, "sub start end", 1},
    {"rjust", do_rjust, "width fillchar", 1},
    {"rpartition", do_rpartition, "sep", 1},
    {"rsplit", do_rsplit, "sep maxsplit"},
    {"rstrip", do_rstrip, "chars"},
    {"split", do_split, "sep maxsplit"},
    {"splitlines", do_splitlines, "keepends"},
    {"startswith", do_startswith, "prefix start end", 1},
    {"strip", do_strip, "chars"},
    {"swapcase", do_swapcase, ""},
    {"title", do_title, ""},
    {"translate", nullptr, "*"},
    {"upper", do_upper, ""},
    {"zfill", do_zfill, "width", 1},
};

}  // namespace

std::span<const Builtin> string_methods() { return kTable; }

}  // namespace caracal::jinja
