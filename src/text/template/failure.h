#pragma once
/// How the template engine reports a problem to itself; ChatTemplate turns it into caracal::Error.
#include <exception>
#include <string>
#include <utility>

#include "base/error.h"

namespace caracal::jinja {

/// line: 1-based line of the template, or 0 for "the line being rendered".
class Failure : public std::exception {
 public:
  Failure(ErrorCode code, std::string message, int line = 0)
      : code(code), line(line), message(std::move(message)) {}
  const char* what() const noexcept override { return message.c_str(); }

  ErrorCode code;
  int line;
  std::string message;
};

/// The template did something Python or Jinja refuses; the words follow theirs.
template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Failure(ErrorCode::bad_request, fmt::format(format, std::forward<Args>(args)...));
}

/// Valid Jinja or Python that this engine does not handle.
template <class... Args>
[[noreturn]] void unsupported(fmt::format_string<Args...> format, Args&&... args) {
  throw Failure(ErrorCode::unsupported, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace caracal::jinja
