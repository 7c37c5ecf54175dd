#pragma once
#include <string_view>
#include <vector>

#include "spec/token.h"

namespace caracal {

/// How one kind of vocabulary turns plain text (no special tokens in it) into tokens. Immutable;
/// threads may share it. Input that is not UTF-8 is accepted; each kind says what becomes of it.
class TextEncoder {
 public:
  virtual ~TextEncoder() = default;

  /// Appends the tokens of text. opens: text starts the input or follows a special token, where
  /// vocabularies that write a space before the first word do so.
  virtual void encode(std::string_view text, bool opens, std::vector<TokenId>& out) const = 0;
};

}  // namespace caracal
