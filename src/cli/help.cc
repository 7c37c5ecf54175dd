#include "cli/help.h"

#include <fmt/format.h>

#include "cli/exit_status.h"

namespace caracal::cli {
namespace {

constexpr size_t kColumns = 100;

/// Words of text in lines of at most kColumns, each behind indent spaces.
std::string wrapped(std::string_view text, size_t indent) {
  std::string out;
  size_t column = 0;
  while (!text.empty()) {
    const size_t end = text.find_first_of(" \n");
    const std::string_view word = text.substr(0, end);
    if (column > 0 && column + 1 + word.size() > kColumns) {
      out += '\n';
      column = 0;
    }
    out.append(column == 0 ? indent : 1, ' ');
    column += (column == 0 ? indent : 1) + word.size();
    out += word;
    if (end == std::string_view::npos) break;
    if (text[end] == '\n') {
      out += '\n';
      column = 0;
    }
    text.remove_prefix(end + 1);
  }
  return out + '\n';
}

std::string exit_status_help() {
  std::string out = "Exit status:\n";
  for (const ExitStatus& row : exit_statuses())
    out += fmt::format("  {:>3}  {}\n", row.status, row.meaning);
  return out;
}

/// Empty where it says nothing; blanks in quotes, so that they are seen.
std::string shown_default(const Option& option) {
  const std::string& value = option.default_value;
  if (option.is_switch() && value == "false") return "";
  const bool is_blank = !value.empty() && value.find_first_not_of(' ') == std::string::npos;
  return is_blank ? fmt::format("'{}'", value) : value;
}

/// "default 0; >= 0; environment LLAMA_ARG_CTX_SIZE"; may be empty.
std::string option_facts(const Option& option) {
  std::string out;
  const auto add = [&](std::string_view label, std::string_view text) {
    if (text.empty()) return;
    if (!out.empty()) out += "; ";
    out += label;
    out += text;
  };
  add("default ", shown_default(option));
  add("", option.range);
  if (option.is_positional() && option.value_name.find('|') != std::string::npos)
    add("", option.value_name);
  add("environment ", option.env);
  return out;
}

}  // namespace

std::string option_heading(const Option& option) {
  std::string out;
  for (const FlagName& flag : split_flags(option.flags)) {
    if (!out.empty()) out += ", ";
    out += flag.name;
  }
  if (!option.is_switch() && !option.is_positional()) out += ' ' + option.value_name;
  return out;
}

std::string option_text(const Option& option) {
  const std::string facts = option_facts(option);
  return facts.empty() ? std::string(option.help) : fmt::format("{} ({})", option.help, facts);
}

std::string program_help() {
  std::string out =
      "caracal runs language models on plain CPUs.\n\nUsage: caracal COMMAND [options]\n\n"
      "Commands:\n";
  for (const CommandInfo& info : commands())
    out += fmt::format("  {:<12} {}\n", info.name, info.summary);
  out +=
      "\nOptions:\n  -h, --help   this text; `caracal COMMAND --help` for one command\n"
      "  --version    the version and the CPU features in use\n\n";
  return out + exit_status_help();
}

std::string command_help(const CommandInfo& info, std::span<const OptionGroup> groups) {
  std::string out =
      fmt::format("{}\n\nUsage: caracal {} {}\n", info.summary, info.name, info.usage);
  if (!info.details.empty()) out += '\n' + wrapped(info.details, 0);
  for (const OptionGroup& group : groups) {
    out += fmt::format("\n{}:\n", group.title);
    for (const Option& option : group.options) {
      out += "  " + option_heading(option) + '\n' + wrapped(option_text(option), 8);
    }
  }
  return out + '\n' + exit_status_help();
}

}  // namespace caracal::cli
