#pragma once
/// Small things about ASCII text that names, headers and settings need.
#include <string>
#include <string_view>

namespace caracal {

/// A-Z become a-z; other bytes stay.
std::string lower_ascii(std::string_view text);

/// Without blanks, tabs and line ends on either side.
std::string_view trimmed(std::string_view text);

/// What follows the last '/'.
std::string_view base_name(std::string_view path);

/// The variable's value; empty when it is not set.
std::string environment(const char* name);

}  // namespace caracal
