#pragma once
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "cli/option.h"

namespace caracal::cli {

/// One subcommand: what it accepts, and what it does with it.
class Command {
 public:
  virtual ~Command() = default;
  /// Rows bound to this object's members.
  virtual std::vector<OptionGroup> options() = 0;
  /// Returns the exit status; throws Error.
  virtual int run() = 0;
};

struct CommandInfo {
  std::string_view name;
  std::string_view usage;    ///< what follows the name: "-m FILE -p TEXT [options]"
  std::string_view summary;  ///< one line
  std::string_view details;  ///< paragraphs for --help and the manual page; may be empty
  std::unique_ptr<Command> (*make)();
};

/// Every subcommand, in the order of the docs.
std::span<const CommandInfo> commands();
/// nullptr for another word.
const CommandInfo* find_command(std::string_view name);

}  // namespace caracal::cli
