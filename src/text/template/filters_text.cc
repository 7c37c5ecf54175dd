/// Filters that make text of text.
#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "text/template/builtin_tables.h"
#include "text/template/failure.h"
#include "text/template/format.h"
#include "text/template/json_text.h"
#include "text/template/ops.h"
#include "text/template/string_ops.h"
#include "text/template/unicode.h"

namespace caracal::jinja {
namespace {

/// Applies f to the text of self, which keeps its mark of being escaped.
template <class F>
Value map_text(Invocation& c, F f) {
  const Value text = as_string(c.budget, c.self);
  return c.string(std::string(f(text.text())), text.get<StringObject>().markup);
}

Value do_upper(Invocation& c) { return map_text(c, upper); }
Value do_lower(Invocation& c) { return map_text(c, lower); }
Value do_capitalize(Invocation& c) { return map_text(c, capitalize); }
Value do_string(Invocation& c) { return as_string(c.budget, c.self); }

/// A word starts at the beginning and after any of - white space ( { [ <.
Value do_title(Invocation& c) {
  return map_text(c, [](std::string_view text) {
    const std::vector<uint32_t> points = code_points(text);
    const auto separates = [](uint32_t p) {
      return p == '-' || p == '(' || p == '{' || p == '[' || p == '<' || is_space(p);
    };
    std::string out;
    for (size_t i = 0; i < points.size();) {
      if (separates(points[i])) {
        append_utf8(out, points[i++]);
        continue;
      }
      size_t end = i;
      while (end < points.size() && !separates(points[end])) ++end;
      out += upper(from_code_points({points[i]}));
      out += lower(from_code_points({points.begin() + static_cast<ptrdiff_t>(i) + 1,
                                     points.begin() + static_cast<ptrdiff_t>(end)}));
      i = end;
    }
    return out;
  });
}

Value do_trim(Invocation& c) {
  return map_text(c, [&](std::string_view text) {
    if (!c.given(0)) return strip(text, nullptr, true, true);
    const std::string_view chars = c.text(0);
    return strip(text, &chars, true, true);
  });
}

Value do_replace(Invocation& c) {
  const std::string source = to_text(c.budget, c.self);
  const std::string from = to_text(c.budget, c.args[0]), to = to_text(c.budget, c.args[1]);
  const int64_t count = c.given(2) ? c.integer(2, -1) : -1;
  return c.string(replace_text(c.budget, source, from, to, count));
}

Value do_escape(Invocation& c) {
  const Value text = as_string(c.budget, c.self);
  if (text.get<StringObject>().markup) return text;
  c.budget.check_room(text.text().size() * 5);
  return c.string(escape_html(text.text()), true);
}

Value do_forceescape(Invocation& c) {
  const std::string text = to_text(c.budget, c.self);
  c.budget.check_room(text.size() * 5);
  return c.string(escape_html(text), true);
}

Value do_safe(Invocation& c) { return c.string(to_text(c.budget, c.self), true); }

Value do_center(Invocation& c) {
  return map_text(c, [&](std::string_view) {
    const Value text = as_string(c.budget, c.self);
    return pad_text(c.budget, text.get<StringObject>(), c.integer(0, 80), ' ', Align::center);
  });
}

Value do_indent(Invocation& c) {
  require_defined(c.self);
  if (!c.self.is_string()) {
    fail("unsupported operand type(s) for +=: '{}' and 'str'", type_name(c.self));
  }
  const bool as_text = c.has(0) && c.args[0].is_string();
  const int64_t width = as_text ? 0 : std::max<int64_t>(c.integer(0, 4), 0);
  c.budget.check_room(static_cast<size_t>(width));
  const std::string indention =
      as_text ? std::string(c.text(0)) : std::string(static_cast<size_t>(width), ' ');
  const bool blank = c.flag(2, false);
  TextSink out(c.budget);
  bool first = true;
  const std::string source = std::string(c.self.text()) + "\n";
  for (const std::string_view line : split_lines(c.budget, source, false)) {
    if (!first) out << '\n';
    if (first ? c.flag(1, false) : blank || !line.empty()) out << indention;
    out << line;
    first = false;
  }
  return c.string(out.take(), c.self.get<StringObject>().markup);
}

Value do_truncate(Invocation& c) {
  const Value text = as_string(c.budget, c.self);
  const StringObject& source = text.get<StringObject>();
  const int64_t length = c.integer(0, 255), leeway = c.given(3) ? c.integer(3, 5) : 5;
  const Value end = c.has(2) ? as_string(c.budget, c.args[2]) : c.string("...");
  const int64_t n_end = static_cast<int64_t>(end.get<StringObject>().length);
  if (length < n_end) fail("expected length >= {}, got {}", n_end, length);
  if (leeway < 0) fail("expected leeway >= 0, got {}", leeway);
  if (static_cast<int64_t>(source.length) - leeway <= length) return text;
  std::string kept = source.text.substr(0, offset_of(source, static_cast<size_t>(length - n_end)));
  if (!c.flag(1, false)) kept.resize(std::min(kept.rfind(' '), kept.size()));
  return c.string(kept + std::string(end.text()));
}

Value do_wordcount(Invocation& c) {
  const Value text = as_string(c.budget, c.self);
  int64_t count = 0;
  bool in_word = false;
  for (size_t at = 0; at < text.text().size();) {
    const bool word = is_word(next_code_point(text.text(), at));
    count += word && !in_word;
    in_word = word;
  }
  return Value::integer(count);
}

Value do_format(Invocation& c) {
  const Value format = as_string(c.budget, c.self);
  if (!c.args.empty() && !c.keywords.empty()) {
    fail("can't handle positional and keyword arguments at the same time");
  }
  if (c.keywords.empty()) return percent_format(c.budget, format, make_tuple(&c.budget, c.args));
  std::vector<DictObject::Entry> entries;
  for (const auto& [name, value] : c.keywords) entries.emplace_back(c.string(name), value);
  return percent_format(c.budget, format, make_dict(&c.budget, std::move(entries)));
}

/// Bytes outside letters, digits and "_.-~" (and "/" outside a query) as %XX.
std::string url_quote(std::string_view text, bool query) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '.' || c == '-' || c == '~' || (c == '/' && !query);
    if (plain) {
      out += c;
    } else if (c == ' ' && query) {
      out += '+';
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Value do_urlencode(Invocation& c) {
  if (c.self.is_string() || !Cursor::can_iterate(c.self)) {
    return c.string(url_quote(to_text(c.budget, c.self), false));
  }
  TextSink out(c.budget);
  Cursor cursor(c.self.is_dict() ? make_view(&c.budget, c.self, DictPart::items) : c.self);
  bool first = true;
  for (Value pair; cursor.next(c.budget, pair); first = false) {
    const std::vector<Value> parts = collect(c.budget, pair);
    if (parts.size() != 2) fail("not enough values to unpack (expected 2, got {})", parts.size());
    out << (first ? "" : "&") << url_quote(to_text(c.budget, parts[0]), true) << '='
        << url_quote(to_text(c.budget, parts[1]), true);
  }
  return c.string(out.take());
}

Value do_xmlattr(Invocation& c) {
  if (!c.self.is_dict()) fail("'{}' object has no attribute 'items'", type_name(c.self));
  TextSink out(c.budget);
  bool first = !c.flag(0, true);
  for (const auto& [key, value] : c.self.get<DictObject>().entries) {
    if (value.is_none() || value.is_undefined()) continue;
    const std::string name = to_text(c.budget, key);
    if (name.find_first_of(" \t\n\r\f\v/>=") != std::string::npos) {
      fail("Invalid character in attribute name: {}", repr_text(name));
    }
    out << (first ? "" : " ") << escape_html(name) << "=\"" << escape_html(to_text(c.budget, value))
        << '"';
    first = false;
  }
  return c.string(out.take());
}

/// Without comments, tags and runs of white space.
Value do_striptags(Invocation& c) {
  std::string text = to_text(c.budget, c.self);
  const auto remove = [&text](std::string_view open, std::string_view close) {
    std::string out;
    size_t at = 0;
    while (true) {
      const size_t begin = text.find(open, at);
      const size_t end = begin == std::string::npos ? begin : text.find(close, begin);
      if (end == std::string::npos) break;
      out.append(text, at, begin - at);
      at = end + close.size();
    }
    text = out + text.substr(at);
  };
  remove("<!--", "-->");
  remove("<", ">");
  if (text.find('&') != std::string::npos)
    unsupported("striptags over character references (&...;)");
  std::string out;
  for (const std::string_view word : split_space(c.budget, text, -1)) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return c.string(std::move(out));
}

/// Hugging Face's own tojson: json.dumps without escaping of HTML.
Value do_tojson(Invocation& c) {
  JsonStyle style;
  style.ascii = c.flag(0, false);
  style.sort_keys = c.flag(3, false);
  if (c.given(1)) {
    style.indented = true;
    const int64_t width = c.args[1].is_string() ? 0 : std::max<int64_t>(c.integer(1, 0), 0);
    c.budget.check_room(static_cast<size_t>(width));
    style.indent = c.args[1].is_string() ? std::string(c.text(1))
                                         : std::string(static_cast<size_t>(width), ' ');
    style.item_separator = ",";
  }
  if (c.given(2)) {
    const std::vector<Value> separators = collect(c.budget, c.args[2]);
    if (separators.size() != 2 || !separators[0].is_string() || !separators[1].is_string()) {
      fail("tojson: separators must be two strings");
    }
    style.item_separator = separators[0].text();
    style.key_separator = separators[1].text();
  }
  return c.string(json_text(c.budget, c.self, style));
}

constexpr Builtin kTable[] = {
    {"capitalize", do_capitalize, ""},
    {"center", do_center, "width"},
    {"e", do_escape, ""},
    {"escape", do_escape, ""},
    {"forceescape", do_forceescape, ""},
    {"format", do_format, "*"},
    {"indent", do_indent, "width first blank"},
    {"lower", do_lower, ""},
    {"pprint", nullptr, ""},
    {"replace", do_replace, "old new count", 2},
    {"safe", do_safe, ""},
    {"string", do_string, ""},
    {"striptags", do_striptags, ""},
    {"title", do_title, ""},
    {"tojson", do_tojson, "ensure_ascii indent separators sort_keys"},
    {"trim", do_trim, "chars"},
    {"truncate", do_truncate, "length killwords end leeway"},
    {"upper", do_upper, ""},
    {"urlencode", do_urlencode, ""},
    {"urlize", nullptr, "*"},
    {"wordcount", do_wordcount, ""},
    {"wordwrap", nullptr, "*"},
    {"xmlattr", do_xmlattr, "autospace"},
};

}  // namespace

std::span<const Builtin> text_filters() { return kTable; }

}  // namespace caracal::jinja
