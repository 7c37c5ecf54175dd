#include "text/template/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <iterator>

#include "base/utf8.h"
#include "text/template/case_table.h"

namespace caracal::jinja {
namespace {

struct Range {
  uint32_t first, last;
};

bool within(const Range* begin, const Range* end, uint32_t c) {
  const Range* at = std::lower_bound(begin, end, c, [](Range r, uint32_t x) { return r.last < x; });
  return at != end && at->first <= c;
}
template <size_t n>
bool within(const Range (&ranges)[n], uint32_t c) {
  return within(ranges, ranges + n, c);
}

// Numeric_Type=Digit without Decimal, and the properties Other_Lowercase and Other_Uppercase.
constexpr Range kDigits[] = {
    {0xB2, 0xB3},       {0xB9, 0xB9},       {0x1369, 0x1371},   {0x19DA, 0x19DA},
    {0x2070, 0x2070},   {0x2074, 0x2079},   {0x2080, 0x2089},   {0x2460, 0x2468},
    {0x2474, 0x247C},   {0x2488, 0x2490},   {0x24EA, 0x24EA},   {0x24F5, 0x24FD},
    {0x24FF, 0x24FF},   {0x2776, 0x277E},   {0x2780, 0x2788},   {0x278A, 0x2792},
    {0x10A40, 0x10A43}, {0x10E60, 0x10E68}, {0x11052, 0x1105A}, {0x1F100, 0x1F10A}};
constexpr Range kOtherLower[] = {
    {0xAA, 0xAA},       {0xBA, 0xBA},       {0x2B0, 0x2B8},     {0x2C0, 0x2C1},    {0x2E0, 0x2E4},
    {0x345, 0x345},     {0x37A, 0x37A},     {0x1D2C, 0x1D6A},   {0x1D78, 0x1D78},  {0x1D9B, 0x1DBF},
    {0x2071, 0x2071},   {0x207F, 0x207F},   {0x2090, 0x209C},   {0x2170, 0x217F},  {0x24D0, 0x24E9},
    {0x2C7C, 0x2C7D},   {0xA69C, 0xA69D},   {0xA770, 0xA770},   {0xA7F8, 0xA7F9},  {0xAB5C, 0xAB5F},
    {0x10780, 0x10780}, {0x10783, 0x10785}, {0x10787, 0x107B0}, {0x107B2, 0x107BA}};
constexpr Range kOtherUpper[] = {
    {0x2160, 0x216F}, {0x24B6, 0x24CF}, {0x1F130, 0x1F149}, {0x1F150, 0x1F169}, {0x1F170, 0x1F189}};

utf8proc_category_t category(uint32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

const SpecialCase* special_case(uint32_t c) {
  const SpecialCase* end = std::end(kSpecialCases);
  const SpecialCase* at =
      std::lower_bound(std::begin(kSpecialCases), end, c,
                       [](const SpecialCase& s, uint32_t x) { return s.code_point < x; });
  return at != end && at->code_point == c ? at : nullptr;
}

void append(std::string& out, const std::array<uint32_t, 3>& points) {
  for (const uint32_t c : points) {
    if (c) append_utf8(out, c);
  }
}

void append_upper(std::string& out, uint32_t c) {
  if (const SpecialCase* s = special_case(c)) return append(out, s->upper);
  append_utf8(out, static_cast<uint32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c))));
}

void append_title(std::string& out, uint32_t c) {
  if (const SpecialCase* s = special_case(c)) return append(out, s->title);
  append_utf8(out, static_cast<uint32_t>(utf8proc_totitle(static_cast<utf8proc_int32_t>(c))));
}

/// Marks and the like that the rule for the final sigma looks through.
bool is_case_ignorable(uint32_t c) {
  switch (category(c)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
      return true;
    default:
      break;
  }
  return c == '\'' || c == '.' || c == ':' || c == 0xB7 || c == 0x2018 || c == 0x2019 ||
         c == 0x2024 || c == 0x2027;
}

/// SpecialCasing.txt, Final_Sigma: after a cased letter and before none.
bool is_final_sigma(const std::vector<uint32_t>& points, size_t at) {
  size_t before = at;
  while (before > 0 && is_case_ignorable(points[before - 1])) --before;
  if (before == 0 || !is_cased(points[before - 1])) return false;
  size_t after = at + 1;
  while (after < points.size() && is_case_ignorable(points[after])) ++after;
  return after == points.size() || !is_cased(points[after]);
}

void append_lower(std::string& out, const std::vector<uint32_t>& points, size_t at) {
  const uint32_t c = points[at];
  if (c == 0x3A3) return append_utf8(out, is_final_sigma(points, at) ? 0x3C2 : 0x3C3);
  if (c == 0x130) return append(out, {'i', 0x307});
  append_utf8(out, static_cast<uint32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
}

bool all_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

}  // namespace

std::vector<uint32_t> code_points(std::string_view text) {
  std::vector<uint32_t> points;
  points.reserve(text.size());
  for (size_t at = 0; at < text.size();) points.push_back(next_code_point(text, at));
  return points;
}

std::string from_code_points(const std::vector<uint32_t>& points) {
  std::string out;
  for (const uint32_t c : points) append_utf8(out, c);
  return out;
}

size_t offset_of(const StringObject& string, size_t index) {
  if (string.is_ascii()) return std::min(index, string.text.size());
  size_t at = 0;
  for (; at < string.text.size(); ++at) {
    if ((static_cast<unsigned char>(string.text[at]) & 0xC0) == 0x80) continue;
    if (index-- == 0) break;
  }
  return at;
}

bool is_space(uint32_t c) {
  if (c < 0x80) return (c >= 9 && c <= 13) || (c >= 28 && c <= 32);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_printable(uint32_t c) {
  if (c < 0x7F) return c >= 0x20;
  switch (category(c)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      return true;
  }
}

bool is_alphabetic(uint32_t c) {
  const utf8proc_category_t k = category(c);
  return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
}

bool is_decimal(uint32_t c) { return category(c) == UTF8PROC_CATEGORY_ND; }
bool is_digit(uint32_t c) { return is_decimal(c) || within(kDigits, c); }

bool is_numeric(uint32_t c) {
  const utf8proc_category_t k = category(c);
  return k == UTF8PROC_CATEGORY_ND || k == UTF8PROC_CATEGORY_NL || k == UTF8PROC_CATEGORY_NO;
}

bool is_upper(uint32_t c) { return category(c) == UTF8PROC_CATEGORY_LU || within(kOtherUpper, c); }
bool is_lower(uint32_t c) { return category(c) == UTF8PROC_CATEGORY_LL || within(kOtherLower, c); }
bool is_cased(uint32_t c) {
  return is_upper(c) || is_lower(c) || category(c) == UTF8PROC_CATEGORY_LT;
}
bool is_word(uint32_t c) { return c == '_' || is_alphabetic(c) || is_numeric(c); }

std::string upper(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) append_upper(out, next_code_point(text, at));
  return out;
}

std::string lower(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  if (all_ascii(text)) {
    for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
  }
  const std::vector<uint32_t> points = code_points(text);
  for (size_t i = 0; i < points.size(); ++i) append_lower(out, points, i);
  return out;
}

std::string capitalize(std::string_view text) {
  const std::vector<uint32_t> points = code_points(text);
  std::string out;
  for (size_t i = 0; i < points.size(); ++i) {
    i == 0 ? append_title(out, points[0]) : append_lower(out, points, i);
  }
  return out;
}

std::string title(std::string_view text) {
  const std::vector<uint32_t> points = code_points(text);
  std::string out;
  bool in_word = false;
  for (size_t i = 0; i < points.size(); ++i) {
    in_word ? append_lower(out, points, i) : append_title(out, points[i]);
    in_word = is_cased(points[i]);
  }
  return out;
}

std::string swapcase(std::string_view text) {
  const std::vector<uint32_t> points = code_points(text);
  std::string out;
  for (size_t i = 0; i < points.size(); ++i) {
    if (is_upper(points[i])) {
      append_lower(out, points, i);
    } else if (is_lower(points[i])) {
      append_upper(out, points[i]);
    } else {
      append_utf8(out, points[i]);
    }
  }
  return out;
}

std::string casefold(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t folded[8];
    int boundary = 0;
    const utf8proc_ssize_t n =
        utf8proc_decompose_char(static_cast<utf8proc_int32_t>(next_code_point(text, at)), folded, 8,
                                UTF8PROC_CASEFOLD, &boundary);
    for (utf8proc_ssize_t i = 0; i < std::min<utf8proc_ssize_t>(n, 8); ++i) {
      append_utf8(out, static_cast<uint32_t>(folded[i]));
    }
  }
  return out;
}

std::string_view strip(std::string_view text, const std::string_view* chars, bool left,
                       bool right) {
  const std::vector<uint32_t> set = chars ? code_points(*chars) : std::vector<uint32_t>();
  const auto drops = [&](uint32_t c) {
    return chars ? std::find(set.begin(), set.end(), c) != set.end() : is_space(c);
  };
  while (left && !text.empty()) {
    size_t at = 0;
    if (!drops(next_code_point(text, at))) break;
    text.remove_prefix(at);
  }
  while (right && !text.empty()) {
    size_t from = text.size() - 1;
    while (from > 0 && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) --from;
    size_t at = from;
    if (!drops(next_code_point(text, at))) break;
    text.remove_suffix(text.size() - from);
  }
  return text;
}

}  // namespace caracal::jinja
