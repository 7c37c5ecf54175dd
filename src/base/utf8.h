#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace caracal {

/// Length in bytes of the longest prefix of text that does not end inside a UTF-8 character.
/// Bytes that can never become valid UTF-8 count as complete.
size_t complete_utf8_prefix(std::string_view text);

/// True if text is well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool is_valid_utf8(std::string_view text);

/// Copies text with every ill-formed sequence replaced by U+FFFD (one per maximal subpart).
std::string sanitize_utf8(std::string_view text);

void append_utf8(std::string& out, uint32_t code_point);

/// Decodes the character at text[at] and advances at; an ill-formed byte gives U+FFFD and advances
/// over its maximal subpart. at must be < text.size().
uint32_t next_code_point(std::string_view text, size_t& at);

}  // namespace caracal
