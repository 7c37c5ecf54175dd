#pragma once
/// GPT-2's byte alphabet: byte-level vocabularies spell each byte as one printable character (space
/// is U+0120, newline U+010A). Radford et al. 2019; openai/gpt-2 encoder.py, bytes_to_unicode.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caracal {

/// The character that stands for byte, as UTF-8.
std::string_view byte_to_symbol(uint8_t byte);

/// The byte that code_point stands for; nullopt for a character outside the alphabet.
std::optional<uint8_t> symbol_to_byte(uint32_t code_point);

/// The bytes a byte-level piece stands for. Characters outside the alphabet (added tokens hold
/// plain text) keep their own UTF-8 bytes.
std::string symbols_to_bytes(std::string_view piece);

}  // namespace caracal
