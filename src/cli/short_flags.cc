#include "cli/short_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace caracal::cli {
namespace {

using Value = IgnoredFlag::Value;
constexpr IgnoredFlag kIgnored[] = {
    {"-ngl,--gpu-layers,--n-gpu-layers", Value::required, "", "everything runs on the CPU"},
    {"-fa,--flash-attn", Value::on_off_auto, "", "attention never stores its score matrix"},
    {"--no-warmup,--warmup", Value::none, "", "there is no warm-up run"},
    {"-co,--color", Value::on_off_auto, "", "the text is printed without colours"},
    {"-cnv,--conversation", Value::none, "chat", "chat is a conversation"},
    {"-no-cnv,--no-conversation", Value::none, "run", "run completes the prompt as it is"},
    {"--no-display-prompt", Value::none, "run", "the prompt is not repeated"},
};

bool names(std::string_view flags, std::string_view flag) {
  return std::ranges::any_of(split_flags(flags), [&](const FlagName& n) { return n.name == flag; });
}

const Option* find_option(std::span<const OptionGroup> groups, std::string_view flag) {
  for (const OptionGroup& group : groups)
    for (const Option& option : group.options)
      if (names(option.flags, flag)) return &option;
  return nullptr;
}

const IgnoredFlag* find_ignored(std::string_view command, std::string_view flag) {
  for (const IgnoredFlag& row : kIgnored)
    if ((row.command.empty() || row.command == command) && names(row.flags, flag)) return &row;
  return nullptr;
}

bool is_on_off_auto(std::string_view word) {
  constexpr std::array kWords = {"on", "off", "auto", "enabled", "disabled", "1", "0"};
  return std::ranges::find(kWords, word) != kWords.end();
}

/// A flag of several letters behind one dash.
bool is_long_short(std::string_view flag) { return flag.size() > 2 && flag[1] != '-'; }

/// "-n64", "-n-1": a short flag with its number.
bool has_glued_number(std::string_view argument) {
  const std::string_view number = argument.substr(argument[2] == '-' ? 3 : 2);
  return !number.empty() && number[0] >= '0' && number[0] <= '9';
}

}  // namespace

std::span<const IgnoredFlag> ignored_flags() { return kIgnored; }

RewrittenArguments rewrite_arguments(std::string_view command, std::span<const OptionGroup> groups,
                                     std::span<const std::string_view> arguments) {
  RewrittenArguments out;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    const bool has_next = i + 1 < arguments.size();
    if (argument == "--") {
      out.arguments.insert(out.arguments.end(), arguments.begin() + static_cast<ptrdiff_t>(i),
                           arguments.end());
      break;
    }
    const size_t equals = argument.starts_with('-') ? argument.find('=') : std::string_view::npos;
    const bool has_value = equals != std::string_view::npos;
    const std::string_view flag = argument.substr(0, equals);
    if (const Option* option = find_option(groups, flag); option && flag.starts_with('-')) {
      std::string name(is_long_short(flag) ? option->shown_name() : flag);
      if (has_value) name += argument.substr(equals);
      out.arguments.push_back(std::move(name));
      if (!option->is_switch() && !has_value && has_next)
        out.arguments.emplace_back(arguments[++i]);
    } else if (const IgnoredFlag* ignored = find_ignored(command, flag)) {
      out.notices.push_back(fmt::format("{} is ignored: {}", flag, ignored->why));
      const bool takes_next =
          ignored->value == Value::required ||
          (ignored->value == Value::on_off_auto && has_next && is_on_off_auto(arguments[i + 1]));
      if (takes_next && !has_value && has_next) ++i;
    } else {
      const bool is_flag = argument.starts_with('-') && is_long_short(flag);
      if (is_flag && !has_glued_number(argument) && out.unknown.empty()) out.unknown = flag;
      out.arguments.emplace_back(argument);
    }
  }
  return out;
}

}  // namespace caracal::cli
