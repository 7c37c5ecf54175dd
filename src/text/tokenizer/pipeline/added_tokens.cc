#include "text/tokenizer/pipeline/added_tokens.h"

#include <algorithm>

#include "base/utf8.h"
#include "text/tokenizer/pipeline/unicode_text.h"

namespace caracal {
namespace {

// Where the last character of text starts; text is not empty.
size_t last_character(std::string_view text) {
  size_t at = text.size() - 1;
  while (at > 0 && (static_cast<uint8_t>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

bool ends_with_word(std::string_view text) {
  if (text.empty()) return false;
  size_t at = last_character(text);
  return is_word_character(next_code_point(text, at));
}

bool starts_with_word(std::string_view text) {
  size_t at = 0;
  return !text.empty() && is_word_character(next_code_point(text, at));
}

size_t without_trailing_space(std::string_view text) {
  while (!text.empty()) {
    const size_t begin = last_character(text);
    size_t at = begin;
    if (!is_white_space(next_code_point(text, at))) break;
    text = text.substr(0, begin);
  }
  return text.size();
}

size_t skip_space(std::string_view text, size_t at) {
  while (at < text.size()) {
    size_t next = at;
    if (!is_white_space(next_code_point(text, next))) break;
    at = next;
  }
  return at;
}

}  // namespace

AddedTokenFinder::AddedTokenFinder(std::span<const pipeline::AddedToken> tokens,
                                   const TextNormalizer& normalizer, bool normalized)
    : tokens_(tokens) {
  std::vector<std::string> texts(tokens.size());
  std::vector<std::pair<std::string_view, TokenId>> entries;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].normalized != normalized) continue;
    texts[i] = normalized ? normalizer.normalize(tokens[i].content) : tokens[i].content;
    entries.emplace_back(texts[i], static_cast<TokenId>(i));
  }
  trie_ = ByteTrie(std::move(entries));
}

std::vector<Fragment> AddedTokenFinder::split(std::string_view text, bool parse_special) const {
  std::vector<Fragment> fragments;
  size_t plain = 0;  // start of the plain text that is not in fragments yet
  for (size_t at = 0; at < text.size() && !trie_.empty();) {
    const ByteTrie::Match match = trie_.longest(text, at);
    if (match.bytes == 0) {
      ++at;
      continue;
    }
    size_t begin = at, end = at + match.bytes;
    at = end;
    const pipeline::AddedToken& token = tokens_[match.id];
    if (token.special && !parse_special) continue;
    if (token.single_word &&
        (ends_with_word(text.substr(0, begin)) || starts_with_word(text.substr(end))))
      continue;
    if (token.lstrip) begin = std::max(without_trailing_space(text.substr(0, begin)), plain);
    if (token.rstrip) end = skip_space(text, end);
    if (plain < begin) fragments.push_back({text.substr(plain, begin - plain)});
    fragments.push_back({text.substr(begin, end - begin), token.id});
    plain = end;
  }
  if (plain < text.size()) fragments.push_back({text.substr(plain)});
  return fragments;
}

}  // namespace caracal
