#include "text/template/format.h"

#include <charconv>
#include <cmath>

#include "base/utf8.h"
#include "text/template/failure.h"
#include "text/template/interpreter.h"
#include "text/template/ops.h"
#include "text/template/string_ops.h"
#include "text/template/unicode.h"

namespace caracal::jinja {
namespace {

/// printf-style formatting (PyUnicode_Format).
class PercentFormat {
 public:
  PercentFormat(Budget& budget, const StringObject& format, const Value& args)
      : budget_(budget), markup_(format.markup), text_(format.text), args_(args), out_(budget) {
    if (args.is(Kind::tuple))
      items_ = args.items();
    else
      items_ = {args};
  }

  Value run() {
    while (at_ < text_.size()) {
      const size_t percent = std::min(text_.find('%', at_), text_.size());
      out_ << text_.substr(at_, percent - at_);
      at_ = percent + 1;
      if (percent < text_.size()) conversion();
    }
    const bool mapped = args_.is_dict() || args_.is(Kind::list) || args_.is_undefined();
    if (used_ < items_.size() && !mapped) {
      fail("not all arguments converted during string formatting");
    }
    return make_string(&budget_, out_.take(), markup_);
  }

 private:
  struct Flags {
    bool left = false, plus = false, space = false, alternate = false, zero = false;
    int64_t width = 0, precision = -1;
  };

  char take() {
    if (at_ >= text_.size()) fail("incomplete format");
    return text_[at_++];
  }

  const Value& next_argument() {
    if (!keyed_.is_missing()) return keyed_;
    if (used_ >= items_.size()) fail("not enough arguments for format string");
    return items_[used_++];
  }

  void key() {
    const size_t close = text_.find(')', at_);
    if (close == std::string_view::npos) fail("incomplete format key");
    if (!args_.is_dict()) fail("format requires a mapping");
    const std::string_view name = text_.substr(at_, close - at_);
    const Value* found = args_.get<DictObject>().find(name);
    if (!found) fail("{}", repr_text(name));
    keyed_ = *found;
    at_ = close + 1;
  }

  int64_t number() {
    if (at_ < text_.size() && text_[at_] == '*') {
      ++at_;
      const Value& v = next_argument();
      if (!v.is_int()) fail("* wants int");
      return v.to_int();
    }
    int64_t value = 0;
    const auto [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range) fail("width too big");
    if (error != std::errc() || value < 0) return 0;
    at_ = static_cast<size_t>(end - text_.data());
    return value;
  }

  Flags flags() {
    Flags f;
    for (;; ++at_) {
      switch (at_ < text_.size() ? text_[at_] : '\0') {
        case '-':
          f.left = true;
          continue;
        case '+':
          f.plus = true;
          continue;
        case ' ':
          f.space = true;
          continue;
        case '#':
          f.alternate = true;
          continue;
        case '0':
          f.zero = true;
          continue;
        default:
          break;
      }
      break;
    }
    f.width = number();
    if (f.width < 0) f.left = true, f.width = f.width == INT64_MIN ? INT64_MAX : -f.width;
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      f.precision = std::max<int64_t>(number(), 0);
    }
    return f;
  }

  void conversion() {
    keyed_ = {};
    if (at_ < text_.size() && text_[at_] == '(') ++at_, key();
    const Flags f = flags();
    char type = take();
    while (type == 'h' || type == 'l' || type == 'L') type = take();
    switch (type) {
      case '%':
        out_ << '%';
        return;
      case 's':
      case 'r':
      case 'a':
        return text(f, type);
      case 'd':
      case 'i':
      case 'u':
      case 'x':
      case 'X':
      case 'o':
        return integer(f, type);
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        return real(f, type);
      case 'c':
        return character(f);
      default:
        fail("unsupported format character '{}' ({:#x}) at index {}", type,
             static_cast<unsigned char>(type), at_ - 1);
    }
  }

  void put(const std::string& text, const Flags& f) {
    const StringObject object(nullptr, text, false);
    out_ << pad_text(budget_, object, f.width, ' ', f.left ? Align::left : Align::right);
  }

  void text(const Flags& f, char type) {
    const Value& value = next_argument();
    if (type == 'a') unsupported("the format %a");
    std::string text = type == 's' ? to_text(budget_, value) : repr(budget_, value);
    const bool escaped = value.is_string() && value.get<StringObject>().markup;
    if (markup_ && !(escaped && type == 's')) text = escape_html(text);
    if (f.precision >= 0) {
      const StringObject object(nullptr, text, false);
      text.resize(offset_of(object, static_cast<size_t>(f.precision)));
    }
    put(text, f);
  }

  void number_text(std::string sign, std::string digits, const Flags& f) {
    const int64_t room = f.width - static_cast<int64_t>(sign.size());
    if (f.zero && !f.left && room > 0) {
      const StringObject object(nullptr, std::move(digits), false);
      digits = pad_text(budget_, object, room, '0', Align::right);
    }
    put(sign + digits, f);
  }

  static std::string sign_of(bool negative, const Flags& f) {
    return negative ? "-" : f.plus ? "+" : f.space ? " " : "";
  }

  void integer(const Flags& f, char type) {
    const Value& value = next_argument();
    require_defined(value);
    const bool decimal = type == 'd' || type == 'i' || type == 'u';
    if (!value.is_int() && !(decimal && value.is(Kind::real))) {
      fail("%{} format: {}, not {}", type,
           decimal ? "a real number is required" : "an integer is required", type_name(value));
    }
    if (!value.is_int() && !(std::fabs(value.to_real()) < 0x1p63))
      unsupported("an integer that does not fit 64 bits");
    const int64_t i = value.is_int() ? value.to_int() : static_cast<int64_t>(value.to_real());
    const uint64_t magnitude =
        i < 0 ? uint64_t{0} - static_cast<uint64_t>(i) : static_cast<uint64_t>(i);
    std::string digits = integer_digits(magnitude,
                                        decimal       ? 10
                                        : type == 'o' ? 8
                                                      : 16,
                                        type == 'X');
    if (f.precision > static_cast<int64_t>(digits.size())) {
      const StringObject object(nullptr, std::move(digits), false);
      digits = pad_text(budget_, object, f.precision, '0', Align::right);
    }
    std::string sign = sign_of(i < 0, f);
    if (f.alternate && !decimal) sign += type == 'o' ? "0o" : type == 'x' ? "0x" : "0X";
    number_text(std::move(sign), std::move(digits), f);
  }

  void real(const Flags& f, char type) {
    const Value& value = next_argument();
    require_defined(value);
    if (!value.is_number()) fail("must be real number, not {}", type_name(value));
    const double d = value.to_real();
    const int64_t precision = f.precision < 0 ? 6 : f.precision;
    number_text(sign_of(std::signbit(d) && !std::isnan(d), f),
                real_digits(budget_, std::fabs(d), type, precision, f.alternate), f);
  }

  void character(const Flags& f) {
    const Value& value = next_argument();
    if (value.is_string() && value.get<StringObject>().length == 1)
      return put(std::string(value.text()), f);
    const int64_t c = value.is_int() ? value.to_int() : -1;
    if (c < 0 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) fail("%c requires int or char");
    std::string text;
    append_utf8(text, static_cast<uint32_t>(c));
    put(text, f);
  }

  Budget& budget_;
  bool markup_;
  std::string_view text_;
  size_t at_ = 0;
  const Value& args_;
  std::vector<Value> items_;
  size_t used_ = 0;
  Value keyed_;
  TextSink out_;
};

/// str.format with attribute and item access through the sandbox.
class BraceFormat {
 public:
  BraceFormat(Interpreter& in, const std::vector<Value>& args,
              const std::vector<std::pair<std::string, Value>>& keywords)
      : in_(in), args_(args), keywords_(keywords) {}

  std::string run(std::string_view text, int depth) {
    if (depth > 1) fail("Max string recursion exceeded");
    TextSink out(in_.budget());
    for (size_t at = 0; at < text.size();) {
      const char c = text[at];
      if ((c == '{' || c == '}') && at + 1 < text.size() && text[at + 1] == c) {
        out << c;
        at += 2;
      } else if (c == '}') {
        fail("Single '}}' encountered in format string");
      } else if (c == '{') {
        const size_t end = field_end(text, at + 1);
        out << field(text.substr(at + 1, end - at - 1), depth);
        at = end + 1;
      } else {
        const size_t next = std::min(text.find_first_of("{}", at), text.size());
        out << text.substr(at, next - at);
        at = next;
      }
    }
    return out.take();
  }

 private:
  static size_t field_end(std::string_view text, size_t at) {
    for (int open = 1; at < text.size(); ++at) {
      if (text[at] == '{') ++open;
      if (text[at] == '}' && --open == 0) return at;
    }
    fail("expected '}}' before end of string");
  }

  std::string field(std::string_view text, int depth) {
    const size_t colon = text.find(':');
    std::string_view name = text.substr(0, colon);
    char conversion = 0;
    if (const size_t bang = name.find('!'); bang != std::string_view::npos) {
      if (bang + 2 != name.size()) fail("expected ':' after conversion specifier");
      conversion = name[bang + 1];
      name = name.substr(0, bang);
    }
    Value value = lookup(name);
    if (conversion == 's')
      value = make_string(&in_.budget(), to_text(in_.budget(), value));
    else if (conversion == 'r')
      value = make_string(&in_.budget(), repr(in_.budget(), value));
    else if (conversion)
      fail("Unknown conversion specifier {}", conversion);
    const std::string spec =
        colon == std::string_view::npos ? "" : run(text.substr(colon + 1), depth + 1);
    return format_value(in_.budget(), value, spec);
  }

  Value lookup(std::string_view name) {
    const size_t end = std::min(name.find_first_of(".["), name.size());
    Value value = first(name.substr(0, end));
    name.remove_prefix(end);
    while (!name.empty()) {
      const bool attribute = name[0] == '.';
      const size_t stop =
          attribute ? std::min(name.find_first_of(".[", 1), name.size()) : name.find(']');
      if (stop == std::string_view::npos) fail("Missing ']' in format string");
      const std::string_view part = name.substr(1, stop - 1);
      if (part.empty()) fail("Empty attribute in format string");
      int64_t index = 0;
      const bool number = !attribute && parse_index(part, index);
      const Value key =
          number ? Value::integer(index) : make_string(&in_.budget(), std::string(part));
      value = attribute ? in_.get_attribute(value, key) : in_.get_item(value, key);
      name.remove_prefix(attribute ? stop : stop + 1);
    }
    return value;
  }

  static bool parse_index(std::string_view text, int64_t& index) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    return error == std::errc() && end == text.data() + text.size() && index >= 0;
  }

  Value first(std::string_view name) {
    int64_t index = 0;
    const bool automatic = name.empty();
    if (automatic || parse_index(name, index)) {
      if (numbering_ && numbering_ != (automatic ? 'a' : 'm')) {
        fail("cannot switch between automatic field numbering and manual field specification");
      }
      numbering_ = automatic ? 'a' : 'm';
      if (automatic) index = next_++;
      if (static_cast<uint64_t>(index) >= args_.size()) {
        fail("Replacement index {} out of range for positional args tuple", index);
      }
      return args_[static_cast<size_t>(index)];
    }
    for (const auto& [key, value] : keywords_) {
      if (key == name) return value;
    }
    fail("{}", repr_text(name));
  }

  Interpreter& in_;
  const std::vector<Value>& args_;
  const std::vector<std::pair<std::string, Value>>& keywords_;
  char numbering_ = 0;
  int64_t next_ = 0;
};

}  // namespace

Value percent_format(Budget& budget, const Value& format, const Value& args) {
  return PercentFormat(budget, format.get<StringObject>(), args).run();
}

Value brace_format(Interpreter& in, const Value& format, const std::vector<Value>& args,
                   const std::vector<std::pair<std::string, Value>>& keywords) {
  if (format.get<StringObject>().markup) unsupported("format() on a text marked as safe");
  return make_string(&in.budget(), BraceFormat(in, args, keywords).run(format.text(), 0));
}

}  // namespace caracal::jinja
