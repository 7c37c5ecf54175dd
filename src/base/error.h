#pragma once
/// What caracal throws when the world is wrong: a file, a configuration, a request.
/// Programming errors use check.h; missing capacity is an outcome in a plan, not an error.
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace caracal {

enum class ErrorCode {
  bad_file,       ///< a checkpoint, tokenizer or template is damaged or not what it claims
  bad_config,     ///< a flag, environment variable or setting cannot be used
  bad_request,    ///< a prompt, grammar or API request is not acceptable
  not_found,      ///< a named file, model or entry does not exist
  unsupported,    ///< well formed, but this build or version does not handle it
  io,             ///< the operating system or the network failed
  out_of_memory,  ///< the memory budget does not allow it
  cancelled,      ///< the caller gave up
  internal,       ///< a fault of ours that was contained
};

/// Stable lower-case name, as printed and as used by the C ABI and the server.
constexpr std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_file:
      return "bad_file";
    case ErrorCode::bad_config:
      return "bad_config";
    case ErrorCode::bad_request:
      return "bad_request";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::io:
      return "io";
    case ErrorCode::out_of_memory:
      return "out_of_memory";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

/// message: what was expected, what was found, what to do. context: where (file and offset, flag,
/// field); may be empty. what() is "context: message".
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, std::string context = {})
      : std::runtime_error(context.empty() ? message : context + ": " + message),
        code_(code),
        context_(std::move(context)) {}

  ErrorCode code() const { return code_; }
  const std::string& context() const { return context_; }

 private:
  ErrorCode code_;
  std::string context_;
};

/// throw_error(ErrorCode::bad_file, path, "expected {} bytes, found {}", a, b)
template <class... Args>
[[noreturn]] void throw_error(ErrorCode code, std::string_view context,
                              fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...), std::string(context));
}

}  // namespace caracal
