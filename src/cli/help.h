#pragma once
#include <string>

#include "cli/command.h"

namespace caracal::cli {

/// What `caracal --help` prints.
std::string program_help();
/// What `caracal NAME --help` prints.
std::string command_help(const CommandInfo& info, std::span<const OptionGroup> groups);

/// "-c, --ctx-size N": every spelling of the option.
std::string option_heading(const Option& option);
/// Its help with what else is known: "help (default 0; environment X)".
std::string option_text(const Option& option);

}  // namespace caracal::cli
