#include "text/template/json_text.h"

#include <algorithm>
#include <cmath>

#include "base/utf8.h"
#include "text/template/failure.h"
#include "text/template/ops.h"

namespace caracal::jinja {
namespace {

class Writer {
 public:
  Writer(Budget& budget, const JsonStyle& style) : out_(budget), style_(style) {}

  std::string run(const Value& value) {
    write(value);
    return out_.take();
  }

 private:
  void write(const Value& value) {
    out_.budget().step();
    switch (value.kind()) {
      case Kind::string:
        return string(value.text());
      case Kind::list:
      case Kind::tuple:
        return array(value.items());
      case Kind::dict:
        return object(value.get<DictObject>().entries);
      case Kind::none:
      case Kind::boolean:
      case Kind::integer:
      case Kind::real:
        out_ << scalar(value);
        return;
      default:
        fail("Object of type {} is not JSON serializable", type_name(value));
    }
  }

  static std::string scalar(const Value& value) {
    if (value.is_none()) return "null";
    if (value.is(Kind::boolean)) return value.to_int() ? "true" : "false";
    if (value.is(Kind::integer)) return std::to_string(value.to_int());
    const double d = value.to_real();
    if (std::isnan(d)) return "NaN";
    if (std::isinf(d)) return d < 0 ? "-Infinity" : "Infinity";
    return real_text(d);
  }

  void unicode_escape(uint32_t c) {
    if (c >= 0x10000) {
      c -= 0x10000;
      out_ << fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (c >> 10), 0xDC00 + (c & 0x3FF));
    } else {
      out_ << fmt::format("\\u{:04x}", c);
    }
  }

  void escape(uint32_t c) {
    static constexpr std::string_view kCodes = "\"\\\n\r\t\f\b", kLetters = "\"\\nrtfb";
    const size_t i = c < 0x80 ? kCodes.find(static_cast<char>(c)) : std::string_view::npos;
    if (i == std::string_view::npos) return unicode_escape(c);
    out_ << '\\' << kLetters[i];
  }

  void string(std::string_view text) {
    out_ << '"';
    size_t run = 0;  // start of what can be copied as it is
    for (size_t at = 0; at < text.size();) {
      const unsigned char byte = static_cast<unsigned char>(text[at]);
      const bool plain =
          byte >= 0x20 && byte != '"' && byte != '\\' && (byte < 0x80 || !style_.ascii);
      if (plain) {
        ++at;
        continue;
      }
      out_ << text.substr(run, at - run);
      escape(next_code_point(text, at));
      run = at;
    }
    out_ << text.substr(run) << '"';
  }

  void new_line() {
    if (!style_.indented) return;
    out_ << '\n';
    for (int i = 0; i < level_; ++i) out_ << style_.indent;
  }

  template <class Item, class Write>
  void sequence(const std::vector<Item>& items, char open, char close, Write write_item) {
    out_ << open;
    if (!items.empty()) {
      ++level_;
      for (size_t i = 0; i < items.size(); ++i) {
        if (i) out_ << style_.item_separator;
        new_line();
        write_item(items[i]);
      }
      --level_;
      new_line();
    }
    out_ << close;
  }

  void array(const std::vector<Value>& items) {
    sequence(items, '[', ']', [this](const Value& v) { write(v); });
  }

  void object(const std::vector<DictObject::Entry>& entries) {
    const auto write_entry = [this](const DictObject::Entry& entry) {
      key(entry.first);
      out_ << style_.key_separator;
      write(entry.second);
    };
    if (!style_.sort_keys) return sequence(entries, '{', '}', write_entry);
    std::vector<DictObject::Entry> sorted = entries;
    std::stable_sort(sorted.begin(), sorted.end(), [this](const auto& a, const auto& b) {
      return compare(out_.budget(), a.first, b.first, "<") < 0;
    });
    sequence(sorted, '{', '}', write_entry);
  }

  void key(const Value& key) {
    if (key.is_string()) return string(key.text());
    if (!key.is_none() && !key.is_number()) {
      fail("keys must be str, int, float, bool or None, not {}", type_name(key));
    }
    string(scalar(key));
  }

  TextSink out_;
  const JsonStyle& style_;
  int level_ = 0;
};

}  // namespace

std::string json_text(Budget& budget, const Value& value, const JsonStyle& style) {
  return Writer(budget, style).run(value);
}

}  // namespace caracal::jinja
