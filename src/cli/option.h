#pragma once
/// What a command accepts: rows bound to the members they set. The parser, --help, the manual page,
/// docs/cli.md and the shell completion all read the same rows.
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spec/field_table.h"

namespace caracal::cli {

struct Option {
  std::string_view flags;  ///< as in Field::flags; a name without dashes is a positional argument
  std::string_view env;
  std::string_view help;
  std::string default_value;  ///< as printed
  std::string range;          ///< as printed; empty when anything goes
  std::string value_name;     ///< "N", "TEXT", "f32|f16"; empty for a switch
  bool is_list = false;       ///< may be given several times
  /// Throws Error(bad_config) that names source.
  std::function<void(std::span<const std::string_view> values, std::string_view source)> assign;

  bool is_switch() const { return value_name.empty(); }
  bool is_positional() const { return !flags.starts_with('-') && !flags.starts_with('!'); }
  /// The first long flag, or the name of a positional argument.
  std::string_view shown_name() const;
};

struct OptionGroup {
  std::string_view title;  ///< "Sampling"
  std::vector<Option> options;
};

/// Binds every row of a table that has flags to the members of settings, whose present values are
/// the defaults. settings must outlive the group.
template <class S>
OptionGroup bind_fields(std::string_view title, std::span<const Field<S>> table, S& settings) {
  OptionGroup group{.title = title};
  for (const Field<S>& field : table) {
    if (field.flags.empty()) continue;
    const Expected expected = detail::expected_of(field);
    Option option{.flags = field.flags,
                  .env = field.env,
                  .help = field.help,
                  .default_value = print(field, settings),
                  .range = expected.choices.empty() ? describe(expected) : std::string()};
    if (!is_switch(field)) {
      option.value_name = expected.choices.empty() ? "TEXT" : std::string(expected.choices);
      detail::visit_member(
          field,
          [&](auto member) {
            if (std::is_arithmetic_v<std::decay_t<decltype(settings.*member)>>)
              option.value_name = "N";
          },
          [&](auto) { option.is_list = true; }, [&](auto&) { option.is_list = true; });
    }
    option.assign = [&field, &settings](std::span<const std::string_view> values,
                                        std::string_view source) {
      assign(field, settings, values, source);
    };
    group.options.push_back(std::move(option));
  }
  return group;
}

}  // namespace caracal::cli
