#include "text/tokenizer/charsmap.h"

#include "base/error.h"

namespace caracal {
namespace {

// Darts-clone units (Kanda et al. 2017 describe the XOR-compressed double array).
constexpr uint32_t label_of(uint32_t unit) { return unit & ((1u << 31) | 0xFF); }
constexpr bool has_leaf(uint32_t unit) { return (unit >> 8) & 1; }
constexpr uint32_t offset_of(uint32_t unit) { return (unit >> 10) << ((unit & (1u << 9)) >> 6); }
constexpr uint32_t value_of(uint32_t unit) { return unit & ((1u << 31) - 1); }

uint32_t read_u32(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  return value;
}

}  // namespace

Charsmap::Charsmap(std::string_view blob) {
  if (blob.empty()) return;
  const auto fail = [&](uint64_t expected) {
    throw_error(ErrorCode::bad_file, "tokenizer.ggml.precompiled_charsmap",
                "expected more than {} bytes, found {}", expected, blob.size());
  };
  if (blob.size() < 4) fail(4);
  const uint64_t trie_bytes = read_u32(blob, 0);
  if (4 + trie_bytes >= blob.size()) fail(4 + trie_bytes);
  units_.resize(trie_bytes / 4);
  for (size_t i = 0; i < units_.size(); ++i) units_[i] = read_u32(blob, 4 + 4 * i);
  replacements_ = blob.substr(4 + trie_bytes);
}

// Calls found(rule) for each prefix of text.substr(at) that has a rule, shortest first, until it
// returns false.
template <class Found>
void Charsmap::walk(std::string_view text, size_t at, Found&& found) const {
  if (units_.empty()) return;
  uint32_t node = offset_of(units_[0]);
  for (size_t i = at; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    node ^= byte;
    if (byte == 0 || node >= units_.size() || label_of(units_[node]) != byte) return;
    const bool leaf = has_leaf(units_[node]);
    node ^= offset_of(units_[node]);
    if (!leaf) continue;
    if (node >= units_.size()) return;
    const uint32_t begin = value_of(units_[node]);
    if (begin >= replacements_.size()) return;
    const std::string_view rest = std::string_view(replacements_).substr(begin);
    if (!found(Rule{i + 1 - at, rest.substr(0, rest.find('\0'))})) return;
  }
}

Charsmap::Rule Charsmap::longest(std::string_view text, size_t at) const {
  Rule best;
  walk(text, at, [&](const Rule& rule) {
    best = rule;
    return true;
  });
  return best;
}

Charsmap::Rule Charsmap::shortest(std::string_view text, size_t at) const {
  Rule first;
  walk(text, at, [&](const Rule& rule) {
    first = rule;
    return false;
  });
  return first;
}

}  // namespace caracal
