#include "text/tokenizer/special_tokens.h"

#include <algorithm>

namespace caracal {
namespace {

constexpr std::string_view kAsciiSpace = " \t\n\v\f\r";

std::string_view without_trailing_space(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kAsciiSpace) + 1);
}

size_t skip_space(std::string_view text, size_t at) {
  return std::min(text.find_first_not_of(kAsciiSpace, at), text.size());
}

std::vector<bool> flags(const std::vector<TokenId>& ids, size_t n) {
  std::vector<bool> out(n, false);
  for (const TokenId id : ids) out[id] = true;
  return out;
}

}  // namespace

SpecialTokens::SpecialTokens(const Vocab& vocab)
    : strips_before_(flags(vocab.strip_before, vocab.pieces.size())),
      strips_after_(flags(vocab.strip_after, vocab.pieces.size())) {
  std::vector<std::pair<std::string_view, TokenId>> user_defined, all;
  for (size_t i = 0; i < vocab.pieces.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    const TokenType type = vocab.type_of(id);
    if (type == TokenType::user_defined && vocab.model == TokenizerModel::unigram) continue;
    if (type == TokenType::user_defined) user_defined.emplace_back(vocab.pieces[i], id);
    if (type == TokenType::user_defined || type == TokenType::control || type == TokenType::unknown)
      all.emplace_back(vocab.pieces[i], id);
  }
  user_defined_ = ByteTrie(std::move(user_defined));
  all_ = ByteTrie(std::move(all));
}

std::vector<Fragment> SpecialTokens::split(std::string_view text, bool parse_special) const {
  const ByteTrie& tokens = parse_special ? all_ : user_defined_;
  std::vector<Fragment> fragments;
  if (tokens.empty()) {
    if (!text.empty()) fragments.push_back({text});
    return fragments;
  }
  size_t plain = 0;
  for (size_t at = 0; at < text.size();) {
    const ByteTrie::Match match = tokens.longest(text, at);
    if (match.bytes == 0) {
      ++at;
      continue;
    }
    std::string_view before = text.substr(plain, at - plain);
    if (strips_before_[match.id]) before = without_trailing_space(before);
    if (!before.empty()) fragments.push_back({before});
    fragments.push_back({text.substr(at, match.bytes), match.id});
    at += match.bytes;
    if (strips_after_[match.id]) at = skip_space(text, at);
    plain = at;
  }
  if (plain < text.size()) fragments.push_back({text.substr(plain)});
  return fragments;
}

}  // namespace caracal
