#pragma once
/// Character classes and normal forms, over libutf8proc's tables (Unicode 15).
#include <cstdint>
#include <string>
#include <string_view>

namespace caracal {

bool is_white_space(uint32_t code_point);        ///< the White_Space property
bool is_numeric(uint32_t code_point);            ///< categories Nd, Nl, No
bool is_punctuation(uint32_t code_point);        ///< categories P*, and all of ASCII's symbols
bool is_mark(uint32_t code_point);               ///< categories Mn, Mc, Me
bool is_nonspacing_mark(uint32_t code_point);    ///< category Mn
bool is_control_or_format(uint32_t code_point);  ///< categories Cc, Cf, Co
bool is_cjk_ideograph(uint32_t code_point);      ///< the blocks that BERT puts spaces around
/// Alphabetic, marks, decimal digits, connectors, joiners: UTS 18's \w.
bool is_word_character(uint32_t code_point);

/// Appends the full lower-case form.
void append_lowercase(std::string& out, uint32_t code_point);

enum class NormalForm { nfc, nfd, nfkc, nfkd };
/// text must be valid UTF-8. O(n log n), whatever the marks.
std::string normal_form(std::string_view text, NormalForm form);

/// Length in bytes of the extended grapheme cluster that text starts with at at; at < text.size(),
/// text valid UTF-8.
size_t grapheme_bytes(std::string_view text, size_t at);

}  // namespace caracal
