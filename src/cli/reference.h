#pragma once
/// Documentation made from the same rows that parse the command line.
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"

namespace caracal::cli {

std::string reference_markdown();  ///< docs/cli.md
std::string reference_man();       ///< docs/man/caracal.1, for `man`
std::string bash_completion();     ///< completions/caracal.bash

/// A command with all its options, those that every command takes included.
struct DocumentedCommand {
  const CommandInfo* info;
  std::vector<OptionGroup> own;
  std::vector<OptionGroup> shared;  ///< groups that several commands have
};
std::vector<DocumentedCommand> documented_commands();

}  // namespace caracal::cli
