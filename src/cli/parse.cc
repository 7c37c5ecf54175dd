#include "cli/parse.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "cli/short_flags.h"

namespace caracal::cli {
namespace {

constexpr int kMaxArguments = 1 << 20;  // of a positional list

/// A row and what the parser collected for it.
struct Collected {
  const Option* row;
  CLI::Option* parsed;
};

/// The row's flags as the parser takes them: without those of several letters behind one dash,
/// which rewrite_arguments has replaced.
std::string parser_names(const Option& row) {
  std::string names;
  for (const FlagName& flag : split_flags(row.flags)) {
    const bool long_short = flag.name.size() > 2 && flag.name[0] == '-' && flag.name[1] != '-';
    if (long_short) continue;
    if (!names.empty()) names += ',';
    if (flag.negates) names += '!';
    names += flag.name;
  }
  return names;
}

Collected add_row(CLI::App& app, const Option& row) {
  if (row.is_switch()) return {&row, app.add_flag(parser_names(row))};
  CLI::Option* option =
      app.add_option(parser_names(row), CLI::callback_t([](const auto&) { return true; }));
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  const bool takes_the_rest = row.is_positional() && row.is_list;
  if (takes_the_rest)
    option->expected(0, kMaxArguments);
  else
    option->expected(1);
  option->allow_extra_args(takes_the_rest);
  return {&row, option};
}

void assign_row(const Collected& item, const char* (*lookup)(const char*)) {
  const Option& row = *item.row;
  if (item.parsed->count() > 0) {
    const std::vector<std::string>& results = item.parsed->results();
    const std::vector<std::string_view> values(results.begin(), results.end());
    row.assign(values, row.shown_name());
  } else if (!row.env.empty()) {
    const char* value = lookup(std::string(row.env).c_str());
    const std::string_view text = value ? value : "";
    if (!text.empty()) row.assign(std::span(&text, 1), row.env);
  }
}

[[noreturn]] void refuse(std::string_view command, std::string_view what) {
  throw_error(ErrorCode::bad_config, command, "{}; `caracal {} --help` lists what it takes", what,
              command);
}

}  // namespace

ParseOutcome parse_arguments(std::string_view command, std::span<const OptionGroup> groups,
                             std::span<const std::string_view> arguments,
                             const char* (*lookup)(const char*)) {
  CLI::App app;
  app.set_help_flag("-h,--help");
  app.set_version_flag("--version", "");
  app.allow_extras();
  std::vector<Collected> items;
  for (const OptionGroup& group : groups)
    for (const Option& row : group.options) items.push_back(add_row(app, row));

  RewrittenArguments rewritten = rewrite_arguments(command, groups, arguments);
  if (!rewritten.unknown.empty())
    refuse(command, fmt::format("unknown flag '{}'", rewritten.unknown));
  std::ranges::reverse(rewritten.arguments);  // the parser takes them from the back
  try {
    app.parse(std::move(rewritten.arguments));
  } catch (const CLI::CallForHelp&) {
    return ParseOutcome::help;
  } catch (const CLI::CallForVersion&) {
    return ParseOutcome::version;
  } catch (const CLI::ParseError& e) {
    refuse(command, e.what());
  }
  for (const std::string& extra : app.remaining())
    refuse(command,
           fmt::format("unknown {} '{}'", extra.starts_with('-') ? "flag" : "argument", extra));
  for (const Collected& item : items) assign_row(item, lookup);
  for (const std::string& notice : rewritten.notices)
    fmt::print(stderr, "caracal: note: {}\n", notice);
  return ParseOutcome::run;
}

}  // namespace caracal::cli
