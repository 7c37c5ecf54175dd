#include "text/tokenizer/pipeline/unicode_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <vector>

#include "base/utf8.h"

namespace caracal {
namespace {

utf8proc_category_t category_of(uint32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

bool is_ascii(char c) { return static_cast<uint8_t>(c) < 0x80; }

// Alphabetic characters that are neither letters, marks nor numbers: circled and squared letters.
bool is_enclosed_letter(uint32_t c) {
  return (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F149) ||
         (c >= 0x1F150 && c <= 0x1F169) || (c >= 0x1F170 && c <= 0x1F189);
}

using CodePoints = std::vector<utf8proc_int32_t>;

int combining_class(utf8proc_int32_t c) { return utf8proc_get_property(c)->combining_class; }

// utf8proc's own ordering exchanges neighbours, which takes n² steps for a run of n marks.
void order_marks(CodePoints& code_points) {
  for (auto begin = code_points.begin(); begin != code_points.end();) {
    if (combining_class(*begin) == 0) {
      ++begin;
      continue;
    }
    const auto end = std::find_if(begin, code_points.end(),
                                  [](utf8proc_int32_t c) { return combining_class(c) == 0; });
    std::stable_sort(begin, end, [](utf8proc_int32_t a, utf8proc_int32_t b) {
      return combining_class(a) < combining_class(b);
    });
    begin = end;
  }
}

void append_decomposed(CodePoints& out, uint32_t c, bool compatibility) {
  constexpr int kLongest = 32;  // U+FDFA has 18
  utf8proc_int32_t parts[kLongest];
  int last_boundary = 0;
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | (compatibility ? UTF8PROC_COMPAT : 0));
  const auto n = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts, kLongest, options,
                                         &last_boundary);
  if (n <= 0 || n > kLongest) {
    out.push_back(static_cast<utf8proc_int32_t>(c));
  } else {
    out.insert(out.end(), parts, parts + n);
  }
}

void append_normal(std::string& out, std::string_view run, NormalForm form, CodePoints& buffer) {
  buffer.clear();
  const bool compatibility = form == NormalForm::nfkc || form == NormalForm::nfkd;
  for (size_t at = 0; at < run.size();)
    append_decomposed(buffer, next_code_point(run, at), compatibility);
  order_marks(buffer);
  auto n = static_cast<utf8proc_ssize_t>(buffer.size());
  if (form == NormalForm::nfc || form == NormalForm::nfkc)
    n = utf8proc_normalize_utf32(
        buffer.data(), n, static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
  for (utf8proc_ssize_t i = 0; i < n; ++i) append_utf8(out, static_cast<uint32_t>(buffer[i]));
}

}  // namespace

bool is_white_space(uint32_t c) {
  return (c >= 0x9 && c <= 0xD) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool is_numeric(uint32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9';
  const auto category = category_of(c);
  return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
}

bool is_punctuation(uint32_t c) {
  if (c < 0x80)
    return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) ||
           (c >= 123 && c <= 126);
  const auto category = category_of(c);
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

bool is_mark(uint32_t c) {
  const auto category = category_of(c);
  return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}

bool is_nonspacing_mark(uint32_t c) { return category_of(c) == UTF8PROC_CATEGORY_MN; }

bool is_control_or_format(uint32_t c) {
  const auto category = category_of(c);
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
         category == UTF8PROC_CATEGORY_CO;
}

bool is_cjk_ideograph(uint32_t c) {
  static constexpr struct {
    uint32_t first, last;
  } kBlocks[] = {{0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},   {0x20000, 0x2A6DF},
                 {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F}, {0x2B920, 0x2CEAF}, {0x2F800, 0x2FA1F}};
  for (const auto [first, last] : kBlocks)
    if (c >= first && c <= last) return true;
  return false;
}

bool is_word_character(uint32_t c) {
  if (c < 0x80)
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  const auto category = category_of(c);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NL) ||
         category == UTF8PROC_CATEGORY_PC || c == 0x200C || c == 0x200D || is_enclosed_letter(c);
}

void append_lowercase(std::string& out, uint32_t c) {
  // The only character whose lower-case form is longer than itself (SpecialCasing.txt).
  if (c == 0x130) {
    out += "i\u0307";
    return;
  }
  append_utf8(out, static_cast<uint32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
}

std::string normal_form(std::string_view text, NormalForm form) {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  CodePoints buffer;
  for (size_t at = 0; at < text.size();) {
    // ASCII is in every normal form, but its last character may take the marks that follow.
    size_t end = at;
    while (end < text.size() && is_ascii(text[end])) ++end;
    const size_t plain_end = end > at && end < text.size() ? end - 1 : end;
    out.append(text.substr(at, plain_end - at));
    at = plain_end;
    while (end < text.size() && !is_ascii(text[end])) ++end;
    if (end > at) append_normal(out, text.substr(at, end - at), form, buffer);
    at = end;
  }
  return out;
}

size_t grapheme_bytes(std::string_view text, size_t at) {
  size_t end = at;
  uint32_t before = next_code_point(text, end);
  for (utf8proc_int32_t state = 0; end < text.size();) {
    size_t next = end;
    const uint32_t after = next_code_point(text, next);
    if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(before),
                                         static_cast<utf8proc_int32_t>(after), &state))
      break;
    before = after;
    end = next;
  }
  return end - at;
}

}  // namespace caracal
