#include <fmt/format.h>

#include "cli/reference.h"

namespace caracal::cli {
namespace {

constexpr std::string_view kFunction = R"(
_caracal() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$_caracal_commands --help --version" -- "$current")
    return
  fi
  local words=${_caracal_values[$previous]-}
  if [ -z "$words" ]; then
    words="${_caracal_words[${COMP_WORDS[1]}]-} --help"
    case $current in
      -*) ;;
      *) mapfile -t COMPREPLY < <(compgen -W "${_caracal_arguments[${COMP_WORDS[1]}]-}" -- "$current"
                                  compgen -f -- "$current"); return ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o filenames -F _caracal caracal
)";

std::string with_spaces(std::string choices) {
  for (char& c : choices)
    if (c == '|') c = ' ';
  return choices;
}

/// Words that each command takes: flags, and what its positional arguments may be.
struct CommandWords {
  std::string flags, arguments;
};

void add_option(const Option& option, CommandWords& words, std::string& values) {
  const bool has_choices = option.value_name.find('|') != std::string::npos;
  if (option.is_positional()) {
    if (has_choices) words.arguments += with_spaces(option.value_name);
    return;
  }
  for (const FlagName& flag : split_flags(option.flags)) {
    words.flags += fmt::format(" {}", flag.name);
    const std::string row =
        fmt::format("  [{}]=\"{}\"\n", flag.name, with_spaces(option.value_name));
    if (has_choices && values.find(row) == std::string::npos) values += row;
  }
}

}  // namespace

std::string bash_completion() {
  std::string names, flags, arguments, values;
  for (const DocumentedCommand& command : documented_commands()) {
    CommandWords words;
    for (const auto* groups : {&command.own, &command.shared})
      for (const OptionGroup& group : *groups)
        for (const Option& option : group.options) add_option(option, words, values);
    names += fmt::format("{}{}", names.empty() ? "" : " ", command.info->name);
    flags += fmt::format("  [{}]=\"{}\"\n", command.info->name, words.flags.substr(1));
    if (!words.arguments.empty())
      arguments += fmt::format("  [{}]=\"{}\"\n", command.info->name, words.arguments);
  }
  return fmt::format(
      "# bash completion for caracal; made by `caracal reference bash`\n"
      "_caracal_commands=\"{}\"\n"
      "declare -gA _caracal_words=(\n{})\n"
      "declare -gA _caracal_arguments=(\n{})\n"
      "declare -gA _caracal_values=(\n{})\n{}",
      names, flags, arguments, values, kFunction);
}

}  // namespace caracal::cli
