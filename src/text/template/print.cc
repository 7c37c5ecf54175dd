/// str() and repr() as Python prints.
#include <charconv>
#include <cmath>

#include "base/utf8.h"
#include "text/template/failure.h"
#include "text/template/loop.h"
#include "text/template/macro.h"
#include "text/template/ops.h"
#include "text/template/unicode.h"

namespace caracal::jinja {
namespace {

constexpr int kMaxPrintDepth = 400;

/// Values print each other through namespaces too, which the depth of a value does not count.
class PrintLevel {
 public:
  explicit PrintLevel(TextSink& out) : out_(out) {
    if (++out_.depth > kMaxPrintDepth) fail("maximum recursion depth exceeded while printing");
  }
  ~PrintLevel() { --out_.depth; }

 private:
  TextSink& out_;
};

void print_items(TextSink& out, const std::vector<Value>& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i) out << ", ";
    print_repr(out, items[i]);
  }
}

void print_dict(TextSink& out, const std::vector<DictObject::Entry>& entries) {
  out << '{';
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i) out << ", ";
    print_repr(out, entries[i].first);
    out << ": ";
    print_repr(out, entries[i].second);
  }
  out << '}';
}

void print_view(TextSink& out, const Value& value) {
  out << type_name(value) << "([";
  Cursor cursor(value);
  bool first = true;
  for (Value v; cursor.next(out.budget(), v); first = false) {
    if (!first) out << ", ";
    print_repr(out, v);
  }
  out << "])";
}

void print_namespace(TextSink& out, const NamespaceObject& space) {
  out << "<Namespace {";
  for (size_t i = 0; i < space.attributes.size(); ++i) {
    const auto& [name, value] = space.attributes[i];
    out << (i ? ", " : "") << repr_text(name) << ": ";
    print_repr(out, value);
  }
  out << "}>";
}

void print_range(TextSink& out, const RangeObject& r) {
  out << (r.step == 1 ? fmt::format("range({}, {})", r.start, r.stop)
                      : fmt::format("range({}, {}, {})", r.start, r.stop, r.step));
}

void append_escape(std::string& out, uint32_t c) {
  switch (c) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (c < 0x100) {
    out += fmt::format("\\x{:02x}", c);
  } else {
    out += c < 0x10000 ? fmt::format("\\u{:04x}", c) : fmt::format("\\U{:08x}", c);
  }
}

}  // namespace

TextSink& TextSink::operator<<(std::string_view text) {
  text_ += text;
  if (text_.size() >= room_) {
    budget_.step(text_.size() - room_);
    room_ = text_.size() * 2 + 4096;
    budget_.check_room(room_);
  }
  return *this;
}

std::string real_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[40];
  const auto scientific =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  const std::string_view digits(buffer, static_cast<size_t>(scientific.ptr - buffer));
  int exponent = 0;
  const char* e = digits.data() + digits.find('e') + 1;
  std::from_chars(*e == '+' ? e + 1 : e, scientific.ptr, exponent);
  if (exponent < -4 || exponent >= 16) return std::string(digits);
  const auto fixed = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed);
  std::string out(buffer, fixed.ptr);
  if (out.find('.') == std::string::npos) out += ".0";
  return out;
}

std::string repr_text(std::string_view text) {
  const bool single = text.find('\'') != std::string_view::npos;
  const char quote = single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    const uint32_t c = next_code_point(text, at);
    if (c == static_cast<uint32_t>(quote) || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (is_printable(c)) {
      out.append(text, from, at - from);
    } else {
      append_escape(out, c);
    }
  }
  return out += quote;
}

std::string repr_plain(const Value& value) {
  switch (value.kind()) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return value.to_int() ? "True" : "False";
    case Kind::integer:
      return std::to_string(value.to_int());
    case Kind::real:
      return real_text(value.to_real());
    case Kind::string:
      return repr_text(value.text());
    default:
      return fmt::format("<{}>", type_name(value));
  }
}

void print(TextSink& out, const Value& value) {
  if (value.is_string()) {
    out << value.text();
  } else if (!value.is_undefined()) {
    print_repr(out, value);
  }
}

void print_repr(TextSink& out, const Value& value) {
  PrintLevel level(out);
  out.budget().step();
  switch (value.kind()) {
    case Kind::missing:
    case Kind::undefined:
      out << "Undefined";
      return;
    case Kind::none:
    case Kind::boolean:
    case Kind::integer:
    case Kind::real:
      out << repr_plain(value);
      return;
    case Kind::string:
      if (value.get<StringObject>().markup) {
        out << "Markup(" << repr_text(value.text()) << ')';
      } else {
        out << repr_text(value.text());
      }
      return;
    case Kind::list:
      out << '[';
      print_items(out, value.items());
      out << ']';
      return;
    case Kind::tuple:
      out << '(';
      print_items(out, value.items());
      out << (value.items().size() == 1 ? ",)" : ")");
      return;
    case Kind::dict:
      print_dict(out, value.get<DictObject>().entries);
      return;
    case Kind::dict_view:
      print_view(out, value);
      return;
    case Kind::range:
      print_range(out, value.get<RangeObject>());
      return;
    case Kind::name_space:
      print_namespace(out, value.get<NamespaceObject>());
      return;
    case Kind::macro:
      out << "<Macro " << value.get<MacroObject>().label() << '>';
      return;
    case Kind::loop: {
      LoopObject& loop = value.get<LoopObject>();
      out << fmt::format("<LoopContext {}/{}>", loop.index0() + 1, loop.length());
      return;
    }
    case Kind::iterator:
    case Kind::function:
    case Kind::cycler:
    case Kind::joiner:
      break;
  }
  unsupported("printing a {} object: its text would hold a memory address", type_name(value));
}

std::string to_text(Budget& budget, const Value& value) {
  TextSink out(budget);
  print(out, value);
  return out.take();
}

std::string repr(Budget& budget, const Value& value) {
  TextSink out(budget);
  print_repr(out, value);
  return out.take();
}

Value as_string(Budget& budget, const Value& value) {
  return value.is_string() ? value : make_string(&budget, to_text(budget, value));
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&#34;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace caracal::jinja
