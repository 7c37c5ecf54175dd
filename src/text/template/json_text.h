#pragma once
#include <string>

#include "text/template/value.h"

namespace caracal::jinja {

/// Arguments of Python's json.dumps.
struct JsonStyle {
  bool ascii = false;  ///< escape everything outside ASCII
  bool indented = false;
  bool sort_keys = false;
  std::string indent;
  std::string item_separator = ", ";
  std::string key_separator = ": ";
};

/// json.dumps(value); throws for what it refuses ("Object of type generator is not JSON
/// serializable").
std::string json_text(Budget& budget, const Value& value, const JsonStyle& style);

}  // namespace caracal::jinja
