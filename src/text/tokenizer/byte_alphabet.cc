#include "text/tokenizer/byte_alphabet.h"

#include <array>

#include "base/utf8.h"

namespace caracal {
namespace {

// Bytes that print as themselves keep their code point; the others get U+0100, U+0101, ... in
// order.
constexpr bool prints_as_itself(uint32_t byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

constexpr uint32_t kFirstShifted = 0x100;
constexpr uint32_t kShiftedCount = 68;
constexpr uint32_t kAlphabetEnd = kFirstShifted + kShiftedCount;

struct Alphabet {
  std::array<std::string, 256> symbols;
  std::array<int16_t, kAlphabetEnd> bytes;

  Alphabet() {
    bytes.fill(-1);
    uint32_t next_shifted = kFirstShifted;
    for (uint32_t byte = 0; byte < 256; ++byte) {
      const uint32_t code_point = prints_as_itself(byte) ? byte : next_shifted++;
      append_utf8(symbols[byte], code_point);
      bytes[code_point] = static_cast<int16_t>(byte);
    }
  }
};

const Alphabet& alphabet() {
  static const Alphabet instance;
  return instance;
}

}  // namespace

std::string_view byte_to_symbol(uint8_t byte) { return alphabet().symbols[byte]; }

std::optional<uint8_t> symbol_to_byte(uint32_t code_point) {
  if (code_point >= kAlphabetEnd || alphabet().bytes[code_point] < 0) return std::nullopt;
  return static_cast<uint8_t>(alphabet().bytes[code_point]);
}

std::string symbols_to_bytes(std::string_view piece) {
  std::string out;
  out.reserve(piece.size());
  for (size_t at = 0; at < piece.size();) {
    const size_t begin = at;
    if (const auto byte = symbol_to_byte(next_code_point(piece, at))) {
      out += static_cast<char>(*byte);
    } else {
      out += piece.substr(begin, at - begin);
    }
  }
  return out;
}

}  // namespace caracal
