#include <fmt/format.h>

#include <set>

#include "cli/exit_status.h"
#include "cli/help.h"
#include "cli/reference.h"

namespace caracal::cli {
namespace {

/// Text as roff takes it: backslashes and dashes are literal, no line starts with a dot or quote.
std::string roff(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

void append_group(std::string& out, const OptionGroup& group) {
  for (const Option& option : group.options)
    out += fmt::format(".TP\n.B {}\n{}\n", roff(option_heading(option)), roff(option_text(option)));
}

void append_command(std::string& out, const DocumentedCommand& command) {
  const CommandInfo& info = *command.info;
  out += fmt::format(".SS caracal {} {}\n{}.\n", roff(info.name), roff(info.usage),
                     roff(info.summary));
  if (!info.details.empty()) out += fmt::format("{}\n", roff(info.details));
  for (const OptionGroup& group : command.own) append_group(out, group);
}

}  // namespace

std::string reference_man() {
  const std::vector<DocumentedCommand> all = documented_commands();
  std::string out = fmt::format(
      ".TH CARACAL 1 \"\" \"caracal {}\" \"User Commands\"\n"
      ".SH NAME\ncaracal \\- run language models on plain CPUs\n"
      ".SH SYNOPSIS\n.B caracal\n.I COMMAND\n[options]\n"
      ".SH DESCRIPTION\nResults go to standard output, everything else to standard error. A flag "
      "beats its environment variable, which beats the default.\n.SH COMMANDS\n",
      CARACAL_VERSION);
  for (const DocumentedCommand& command : all) append_command(out, command);
  std::set<std::string_view> done;
  for (const DocumentedCommand& command : all)
    for (const OptionGroup& group : command.shared) {
      if (!done.insert(group.title).second) continue;
      std::string title(group.title);
      for (char& c : title) c = static_cast<char>(c & ~0x20);
      out += fmt::format(".SH {} OPTIONS\n", title);
      append_group(out, group);
    }
  out += ".SH EXIT STATUS\n";
  for (const ExitStatus& row : exit_statuses())
    out += fmt::format(".TP\n.B {}\n{}\n", row.status, roff(row.meaning));
  return out;
}

}  // namespace caracal::cli
