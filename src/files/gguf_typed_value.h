#pragma once
#include <deque>
#include <string>
#include <string_view>

#include "files/gguf.h"

namespace caracal {

/// A metadata value that was made here, with the memory behind it.
struct OwnedGgufValue {
  GgufValue value;
  std::deque<std::string> memory;  ///< does not move when the value is moved

  OwnedGgufValue() = default;
  OwnedGgufValue(OwnedGgufValue&&) = default;
  OwnedGgufValue& operator=(OwnedGgufValue&&) = default;
};

OwnedGgufValue make_gguf_string(std::string_view text);

/// Reads "TYPE:VALUE": TYPE as name_of() prints it ("u32", "f32", "boolean" or "bool", "string" or
/// "str"); with "[]" behind it VALUE is a JSON array of such values. Throws Error(bad_request) for
/// unknown types and values that the type cannot hold. what: the key, for messages.
OwnedGgufValue parse_gguf_value(std::string_view text, std::string_view what);

}  // namespace caracal
