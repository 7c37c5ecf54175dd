#include "text/template/string_ops.h"

#include <algorithm>

#include "base/utf8.h"
#include "text/template/unicode.h"

namespace caracal::jinja {
namespace {

constexpr auto npos = std::string_view::npos;

/// Where the code point that ends at `end` begins.
size_t previous(std::string_view text, size_t end) {
  size_t at = end - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

bool space_at(std::string_view text, size_t at) { return is_space(next_code_point(text, at)); }

size_t after(std::string_view text, size_t at) {
  next_code_point(text, at);
  return at;
}

/// A growing list of pieces whose memory the template decides.
class Parts {
 public:
  explicit Parts(Budget& budget) : budget_(budget) {}
  void add(std::string_view part) {
    budget_.step();
    if (parts_.size() == parts_.capacity()) budget_.check_room(parts_.size() * 2 * sizeof part);
    parts_.push_back(part);
  }
  std::vector<std::string_view> take() { return std::move(parts_); }
  std::vector<std::string_view> take_reversed() {
    std::reverse(parts_.begin(), parts_.end());
    return std::move(parts_);
  }

 private:
  Budget& budget_;
  std::vector<std::string_view> parts_;
};

/// An empty pattern matches before every code point and at the end.
std::string replace_empty(Budget& budget, std::string_view text, std::string_view to,
                          int64_t count) {
  std::string out;
  for (size_t at = 0; count != 0; --count) {
    budget.step(to.size());
    budget.check_room(out.size() + to.size() + 8);
    out += to;
    if (at >= text.size()) return out;
    const size_t next = after(text, at);
    out.append(text.substr(at, next - at));
    at = next;
    if (count == 1) return out.append(text.substr(at));
  }
  return std::string(text);
}

}  // namespace

std::string replace_text(Budget& budget, std::string_view text, std::string_view from,
                         std::string_view to, int64_t count) {
  if (from.empty()) return replace_empty(budget, text, to, count);
  std::string out;
  size_t at = 0;
  for (; count != 0; --count) {
    const size_t found = text.find(from, at);
    if (found == npos) break;
    budget.step(to.size());
    budget.check_room(2 * (out.size() + (found - at) + to.size()));
    out.append(text, at, found - at);
    out += to;
    at = found + from.size();
  }
  return out.append(text.substr(at));
}

std::vector<std::string_view> split_lines(Budget& budget, std::string_view text, bool keep_ends) {
  Parts lines(budget);
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    const uint32_t c = next_code_point(text, at);
    const bool ends =
        (c >= 10 && c <= 13) || (c >= 28 && c <= 30) || c == 0x85 || c == 0x2028 || c == 0x2029;
    if (!ends) continue;
    if (c == '\r' && at < text.size() && text[at] == '\n') ++at;
    lines.add(text.substr(begin, (keep_ends ? at : from) - begin));
    begin = at;
  }
  if (begin < text.size()) lines.add(text.substr(begin));
  return lines.take();
}

std::vector<std::string_view> split_space(Budget& budget, std::string_view text, int64_t limit) {
  Parts parts(budget);
  for (text = strip(text, nullptr, true, false); !text.empty();
       text = strip(text, nullptr, true, false)) {
    if (limit == 0) {
      parts.add(text);
      break;
    }
    --limit;
    size_t end = 0;
    while (end < text.size() && !space_at(text, end)) end = after(text, end);
    parts.add(text.substr(0, end));
    text.remove_prefix(end);
  }
  return parts.take();
}

std::vector<std::string_view> split_space_right(Budget& budget, std::string_view text,
                                                int64_t limit) {
  Parts parts(budget);
  for (text = strip(text, nullptr, false, true); !text.empty();
       text = strip(text, nullptr, false, true)) {
    if (limit == 0) {
      parts.add(text);
      break;
    }
    --limit;
    size_t begin = text.size();
    while (begin > 0 && !space_at(text, previous(text, begin))) begin = previous(text, begin);
    parts.add(text.substr(begin));
    text.remove_suffix(text.size() - begin);
  }
  return parts.take_reversed();
}

std::vector<std::string_view> split_at(Budget& budget, std::string_view text,
                                       std::string_view separator, int64_t limit) {
  Parts parts(budget);
  size_t at = 0;
  for (; limit != 0; --limit) {
    const size_t found = text.find(separator, at);
    if (found == npos) break;
    parts.add(text.substr(at, found - at));
    at = found + separator.size();
  }
  parts.add(text.substr(at));
  return parts.take();
}

std::vector<std::string_view> split_at_right(Budget& budget, std::string_view text,
                                             std::string_view separator, int64_t limit) {
  Parts parts(budget);
  for (; limit != 0; --limit) {
    const size_t found = text.rfind(separator);
    if (found == npos) break;
    parts.add(text.substr(found + separator.size()));
    text = text.substr(0, found);
  }
  parts.add(text);
  return parts.take_reversed();
}

std::string pad_text(Budget& budget, const StringObject& text, int64_t width, uint32_t fill,
                     Align align) {
  const int64_t length = static_cast<int64_t>(text.length);
  const size_t missing = width > length ? static_cast<size_t>(width - length) : 0;
  budget.check_room(missing > SIZE_MAX / 8 ? SIZE_MAX : text.text.size() + missing * 4);
  budget.step(missing);
  std::string unit;
  append_utf8(unit, fill);
  const auto repeated = [&](size_t n) {
    std::string out;
    while (n-- > 0) out += unit;
    return out;
  };
  // CPython's centre: the odd one goes left when the width is odd.
  const size_t left = align == Align::left ? 0
                      : align == Align::right
                          ? missing
                          : missing / 2 + (missing & static_cast<size_t>(width) & 1);
  return repeated(left) + text.text + repeated(missing - left);
}

}  // namespace caracal::jinja
