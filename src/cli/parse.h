#pragma once
#include <span>
#include <string>
#include <string_view>

#include "cli/option.h"

namespace caracal::cli {

enum class ParseOutcome { run, help, version };

/// Sets the members behind the rows from the arguments that follow the name of the command, and
/// from environment variables where no flag was given. lookup: getenv, or a test's. Prints a notice
/// on standard error for each flag that is ignored. Throws Error(bad_config) for unknown flags,
/// missing values and values that a row refuses.
ParseOutcome parse_arguments(std::string_view command, std::span<const OptionGroup> groups,
                             std::span<const std::string_view> arguments,
                             const char* (*lookup)(const char*));

}  // namespace caracal::cli
