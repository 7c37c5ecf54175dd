#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "cli/option.h"

namespace caracal::cli {

/// Text from -p or -f.
struct TextInput {
  std::vector<std::string> prompt;  ///< -p; empty: not given
  std::string file;                 ///< -f; "-": standard input
  bool escape = true;               ///< -e

  bool given() const { return !prompt.empty() || !file.empty(); }
  /// The text: -p with its escapes resolved, or a file as it is. Throws Error(bad_config) when both
  /// were given, and what reading throws.
  std::string read() const;
};
/// escapes: whether the command offers -e.
OptionGroup bind(TextInput& input, std::string_view title, bool escapes = true);

/// All of standard input. Throws Error(io / bad_request above 1 GiB).
std::string read_standard_input();
/// A file, or standard input for "-".
std::string read_text(const std::string& path);

/// "\n" "\r" "\t" "\'" "\"" "\\" and "\x41" become the character; other backslashes stay.
std::string resolve_escapes(std::string_view text);

}  // namespace caracal::cli
