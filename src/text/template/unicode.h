#pragma once
/// Code points: indexing, classes and case as Python's str has them.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/template/value.h"

namespace caracal::jinja {

std::vector<uint32_t> code_points(std::string_view text);
std::string from_code_points(const std::vector<uint32_t>& points);
/// Byte offset of the code point at index; the end of the text for index >= length.
size_t offset_of(const StringObject& text, size_t index);

bool is_space(uint32_t c);       ///< str.isspace
bool is_printable(uint32_t c);   ///< str.isprintable
bool is_alphabetic(uint32_t c);  ///< str.isalpha
bool is_decimal(uint32_t c);     ///< str.isdecimal
bool is_digit(uint32_t c);       ///< str.isdigit
bool is_numeric(uint32_t c);     ///< str.isnumeric
bool is_upper(uint32_t c);
bool is_lower(uint32_t c);
bool is_cased(uint32_t c);
bool is_word(uint32_t c);  ///< \w of Python's re

/// Full case mapping, which may lengthen the text ("ß" gives "SS").
std::string upper(std::string_view text);
std::string lower(std::string_view text);
/// First letter of the text in title case, the others lower.
std::string capitalize(std::string_view text);
/// First letter of every word in title case (str.title).
std::string title(std::string_view text);
std::string swapcase(std::string_view text);
std::string casefold(std::string_view text);

/// Strips characters of chars, or white space where chars is null, from the sides asked for.
std::string_view strip(std::string_view text, const std::string_view* chars, bool left, bool right);

}  // namespace caracal::jinja
