#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json_fwd.h"

namespace caracal {

/// A value of a JSON document that knows its path: typed access whose errors say where. Borrows
/// the document.
class JsonNode {
 public:
  /// source: the file, as printed in errors.
  JsonNode(const Json& value, std::string_view source) : JsonNode(value, source, {}) {}

  /// The member of an object; nullopt where it is missing or null. Throws Error(bad_file) where
  /// this is no object.
  std::optional<JsonNode> find(std::string_view key) const;
  /// The same, but it must be there.
  JsonNode at(std::string_view key) const;
  /// The elements of an array.
  std::vector<JsonNode> items() const;
  /// The members of an object, in order.
  std::vector<std::pair<std::string, JsonNode>> members() const;

  bool is_string() const;
  bool is_object() const;
  // Throw Error(bad_file) where the value is something else or outside the range.
  std::string string() const;
  bool boolean() const;
  int64_t integer(int64_t least, int64_t most) const;
  double number() const;
  /// A string of exactly one character.
  std::string character() const;
  /// At most max_bytes.
  std::string short_string(size_t max_bytes) const;

  bool flag(std::string_view key, bool otherwise) const;

  const std::string& path() const { return path_; }
  template <class... Args>
  [[noreturn]] void fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) const {
    throw Error(code, fmt::format(format, std::forward<Args>(args)...),
                fmt::format("{}: {}", source_, path_.empty() ? "document" : path_));
  }
  [[noreturn]] void wrong_type(std::string_view expected) const;

 private:
  JsonNode(const Json& value, std::string_view source, std::string path)
      : value_(&value), source_(source), path_(std::move(path)) {}
  JsonNode child(const Json& value, std::string_view key) const;

  const Json* value_;
  std::string_view source_;
  std::string path_;
};

}  // namespace caracal
