#pragma once
/// Tokens of a template, as Jinja's lexer cuts them under trim_blocks and lstrip_blocks.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caracal::jinja {

enum class TokenKind : uint8_t {
  data,
  block_begin,
  block_end,
  variable_begin,
  variable_end,
  name,
  string,
  integer,
  real,
  op,  ///< text holds the sign
  end,
};

struct Token {
  TokenKind kind;
  int line;
  std::string text;  ///< data, name, the value of a string, or the sign
  int64_t integer = 0;
  double real = 0;

  bool is(TokenKind k) const { return kind == k; }
  bool is_op(std::string_view sign) const { return kind == TokenKind::op && text == sign; }
  bool is_name(std::string_view name) const { return kind == TokenKind::name && text == name; }
};

/// Throws Failure(bad_file or unsupported) with the line. The last token is `end`.
std::vector<Token> tokenize(std::string_view source);

/// What a token is called in messages.
std::string describe(const Token& token);

}  // namespace caracal::jinja
