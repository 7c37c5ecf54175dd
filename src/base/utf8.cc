#include "base/utf8.h"

namespace caracal {
namespace {

struct Decoded {
  uint32_t code_point;
  uint32_t length;  // bytes consumed, at least 1
  bool valid;
  bool truncated;  // more bytes could complete it
};

// Unicode 15, table 3-7: the second byte's range depends on the first.
Decoded decode_at(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(at);
  if (first < 0x80) return {first, 1, true, false};
  uint32_t need = 0;
  uint8_t low = 0x80, high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF)
    need = 1;
  else if (first >= 0xE0 && first <= 0xEF) {
    need = 2;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    need = 3;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return {0xFFFD, 1, false, false};
  }
  uint32_t code = first & (0x3Fu >> need);
  for (uint32_t i = 1; i <= need; ++i) {
    if (at + i >= text.size()) return {0xFFFD, i, false, true};
    const uint8_t b = byte(at + i);
    if (b < low || b > high) return {0xFFFD, i, false, false};
    low = 0x80;
    high = 0xBF;
    code = (code << 6) | (b & 0x3F);
  }
  return {code, need + 1, true, false};
}

}  // namespace

size_t complete_utf8_prefix(std::string_view text) {
  // Only the last three bytes can open a character that is still unfinished.
  for (size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const size_t at = text.size() - back;
    if ((static_cast<uint8_t>(text[at]) & 0xC0) == 0x80) continue;
    return decode_at(text, at).truncated ? at : text.size();
  }
  return text.size();
}

bool is_valid_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const Decoded d = decode_at(text, at);
    if (!d.valid) return false;
    at += d.length;
  }
  return true;
}

std::string sanitize_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Decoded d = decode_at(text, at);
    if (d.valid)
      out.append(text.substr(at, d.length));
    else
      append_utf8(out, 0xFFFD);
    at += d.length;
  }
  return out;
}

void append_utf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

uint32_t next_code_point(std::string_view text, size_t& at) {
  const Decoded d = decode_at(text, at);
  at += d.length;
  return d.code_point;
}

}  // namespace caracal
