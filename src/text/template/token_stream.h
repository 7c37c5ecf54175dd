#pragma once
/// Reading tokens one after the other, with Jinja's messages for what is missing.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/template/failure.h"
#include "text/template/token.h"

namespace caracal::jinja {

class TokenStream {
 public:
  TokenStream(std::vector<Token> tokens, int max_nesting)
      : tokens_(std::move(tokens)), max_nesting_(max_nesting) {}

  const Token& current() const { return tokens_[at_]; }
  const Token& ahead() const { return tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_]; }
  int line() const { return current().line; }
  const Token& next() {
    const Token& token = tokens_[at_];
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool at_op(std::string_view sign) const { return current().is_op(sign); }
  bool at_name(std::string_view name) const { return current().is_name(name); }
  bool skip_op(std::string_view sign) { return at_op(sign) && (next(), true); }
  bool skip_name(std::string_view name) { return at_name(name) && (next(), true); }

  [[noreturn]] void bad(std::string message, int line = 0) const {
    throw Failure(ErrorCode::bad_file, std::move(message), line ? line : current().line);
  }
  const Token& expect(TokenKind kind, std::string_view called) {
    if (!current().is(kind)) missing(called);
    return next();
  }
  const Token& expect_op(std::string_view sign) {
    if (!at_op(sign)) missing(sign);
    return next();
  }
  const Token& expect_name(std::string_view name) {
    if (!at_name(name)) missing(name);
    return next();
  }

  /// Counts one level of recursion while it lives.
  class Level {
   public:
    explicit Level(TokenStream& stream) : stream_(stream) {
      if (++stream_.nesting_ > stream_.max_nesting_) stream_.too_deep(stream_.line());
    }
    ~Level() { --stream_.nesting_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    TokenStream& stream_;
  };
  int max_nesting() const { return max_nesting_; }
  [[noreturn]] void too_deep(int line) const {
    throw Failure(ErrorCode::unsupported,
                  fmt::format("the source is nested more than {} deep, the limit", max_nesting_),
                  line);
  }

 private:
  [[noreturn]] void missing(std::string_view called) const {
    if (current().is(TokenKind::end)) {
      bad(fmt::format("unexpected end of template, expected '{}'.", called));
    }
    bad(fmt::format("expected token '{}', got '{}'", called, describe(current())));
  }

  std::vector<Token> tokens_;
  size_t at_ = 0;
  int nesting_ = 0;
  int max_nesting_;
};

}  // namespace caracal::jinja
