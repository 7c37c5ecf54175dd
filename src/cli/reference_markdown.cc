#include <fmt/format.h>

#include <set>

#include "cli/exit_status.h"
#include "cli/help.h"
#include "cli/reference.h"
#include "cli/short_flags.h"

namespace caracal::cli {
namespace {

constexpr std::string_view kIntroduction =
    "# Command line\n\n"
    "<!-- made by `caracal reference markdown`; a test compares the two -->\n\n"
    "Results go to standard output, everything else to standard error. A flag beats its "
    "environment\nvariable, which beats the default. Flags are spelled as in llama.cpp and vLLM "
    "where these have them.\nA flag that is not known is an error. An error is one line, "
    "`caracal: WHERE: WHAT`.\n";

void append_group(std::string& out, const OptionGroup& group) {
  for (const Option& option : group.options)
    out += fmt::format("- `{}`: {}\n", option_heading(option), option_text(option));
}

void append_command(std::string& out, const DocumentedCommand& command) {
  const CommandInfo& info = *command.info;
  out += fmt::format("\n## caracal {}\n\n{}: `caracal {} {}`\n", info.name, info.summary, info.name,
                     info.usage);
  if (!info.details.empty()) out += fmt::format("\n{}\n", info.details);
  for (const OptionGroup& group : command.own) {
    out += '\n';
    append_group(out, group);
  }
  std::string titles;
  for (const OptionGroup& group : command.shared)
    titles += fmt::format("{}[{}](#{}-options)", titles.empty() ? "" : ", ", group.title,
                          std::string(1, static_cast<char>(group.title[0] | 0x20)) +
                              std::string(group.title.substr(1)));
  out += fmt::format("\nShared options: {}.\n", titles);
}

/// Every shared group once.
void append_shared(std::string& out, const std::vector<DocumentedCommand>& all) {
  std::set<std::string_view> done;
  for (const DocumentedCommand& command : all)
    for (const OptionGroup& group : command.shared) {
      if (!done.insert(group.title).second) continue;
      out += fmt::format("\n## {} options\n\n", group.title);
      append_group(out, group);
    }
}

}  // namespace

std::string reference_markdown() {
  const std::vector<DocumentedCommand> all = documented_commands();
  std::string out(kIntroduction);
  for (const DocumentedCommand& command : all) append_command(out, command);
  append_shared(out, all);
  out += "\n## Flags that are accepted and ignored\n\n";
  for (const IgnoredFlag& row : ignored_flags())
    out += fmt::format("- `{}`{}: {}\n", row.flags,
                       row.command.empty() ? "" : fmt::format(" ({})", row.command), row.why);
  out += "\n## Exit status\n\n";
  for (const ExitStatus& row : exit_statuses())
    out += fmt::format("- {}: {}\n", row.status, row.meaning);
  return out;
}

}  // namespace caracal::cli
