#pragma once
/// A setting is a member of a plain struct and one row in that struct's table. Command line
/// options, environment variables, range checks, --help and the generated docs all read the row;
/// the default is whatever a default-constructed struct holds.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "spec/field_text.h"

namespace caracal {

/// A list whose elements have a text form of their own. append throws Error(bad_config).
template <class S>
struct CustomList {
  void (*clear)(S&);
  void (*append)(S&, std::string_view value, std::string_view source);
  std::string (*print)(const S&);
};

template <class S>
using FieldMember =
    std::variant<bool S::*, int32_t S::*, int64_t S::*, float S::*, std::string S::*,
                 std::vector<std::string> S::*, std::vector<int32_t> S::*, CustomList<S>>;

template <class S>
struct Field {
  std::string_view name;  ///< "top_k": the member, and the key in JSON and in recipes
  FieldMember<S> member;
  std::string_view flags;         ///< "--temp,--temperature"; "!--no-mmap" sets false; may be empty
  std::string_view env;           ///< "LLAMA_ARG_TOP_K"; may be empty
  Range range = {};               ///< of a number, or of each number in a list
  std::string_view choices = {};  ///< "f32|f16|bf16": the only texts accepted; empty: any
  char separator = '\0';          ///< lists: splits one value into elements; '\0': repeat the flag
  std::string_view empty_word = {};  ///< lists: this value empties the list ("none")
  std::string_view help;             ///< one sentence; says which value switches the setting off
};

/// One spelling of a flag on the command line.
struct FlagName {
  std::string_view name;  ///< with its dashes
  bool negates = false;   ///< a switch that sets the member to false
};
std::vector<FlagName> split_flags(std::string_view flags);

template <class S>
constexpr bool is_switch(const Field<S>& field) {
  return std::holds_alternative<bool S::*>(field.member);
}

template <class S>
const Field<S>* find_field(std::span<const Field<S>> table, std::string_view name) {
  for (const Field<S>& field : table) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

/// What messages call the setting: its first long flag, or its name.
template <class S>
std::string_view shown_name(const Field<S>& field) {
  for (const FlagName& flag : split_flags(field.flags)) {
    if (flag.name.starts_with("--") && !flag.negates) return flag.name;
  }
  return field.name;
}

/// Sets the member from text. values: everything given for it, in order, not empty; a scalar takes
/// the last one, a list is replaced by all of them. source: the flag or variable, for messages.
/// Throws Error(bad_config) naming source, what was expected and what was found.
template <class S>
void assign(const Field<S>& field, S& settings, std::span<const std::string_view> values,
            std::string_view source);

template <class S>
void assign(const Field<S>& field, S& settings, std::string_view value, std::string_view source) {
  assign(field, settings, std::span<const std::string_view>(&value, 1), source);
}

/// The member's value as assign would read it back.
template <class S>
std::string print(const Field<S>& field, const S& settings);

/// Throws Error(bad_config) when a member lies outside its row's range or choices.
template <class S>
void check_fields(std::span<const Field<S>> table, const S& settings);

/// Assigns every member whose environment variable is set and not empty. lookup: getenv, or a
/// test's.
template <class S, class Lookup>
void assign_from_environment(std::span<const Field<S>> table, S& settings, Lookup lookup) {
  for (const Field<S>& field : table) {
    if (field.env.empty()) continue;
    const char* value = lookup(std::string(field.env).c_str());
    if (value != nullptr && *value != '\0')
      assign(field, settings, std::string_view(value), field.env);
  }
}

/// A Markdown table of the rows: flag, variable, default, range, help.
template <class S>
std::string fields_markdown(std::span<const Field<S>> table);

// ---- implementation ----

namespace detail {

template <class T>
inline constexpr bool is_list = false;
template <class E>
inline constexpr bool is_list<std::vector<E>> = true;

template <class T>
void parse_value(T& out, std::string_view text, const Expected& expected, std::string_view source) {
  if constexpr (std::is_same_v<T, bool>) {
    out = parse_bool(text, source);
  } else if constexpr (std::is_integral_v<T>) {
    out = static_cast<T>(parse_integer(text, expected.within<T>(), source));
  } else if constexpr (std::is_floating_point_v<T>) {
    out = static_cast<T>(parse_number(text, expected, source));
  } else {
    check_choice(text, expected.choices, source);
    out = std::string(text);
  }
}

template <class T>
std::string print_value(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_arithmetic_v<T>) {
    return print_number(value);
  } else {
    return value;
  }
}

template <class T>
void check_value(const T& value, const Expected& expected, std::string_view source) {
  if constexpr (std::is_same_v<T, bool>) {
    return;
  } else if constexpr (std::is_arithmetic_v<T>) {
    check_number(static_cast<double>(value), print_number(value), expected, std::is_integral_v<T>,
                 source);
  } else {
    check_choice(value, expected.choices, source);
  }
}

/// Calls f(element text) for every element in values; clear() where the list's empty word stands.
template <class S, class Clear, class Append>
void for_each_element(const Field<S>& field, std::span<const std::string_view> values, Clear clear,
                      Append append) {
  clear();
  for (const std::string_view value : values) {
    if (!field.empty_word.empty() && value == field.empty_word) {
      clear();
      continue;
    }
    for (const std::string_view element : split_list(value, field.separator)) append(element);
  }
}

template <class S>
Expected expected_of(const Field<S>& field) {
  return {field.range, field.choices};
}

/// The kinds of member: f.scalar(member), f.list(member), f.custom(list).
template <class S, class Scalar, class List, class Custom>
auto visit_member(const Field<S>& field, Scalar scalar, List list, Custom custom) {
  return std::visit(
      [&](const auto& member) {
        using M = std::decay_t<decltype(member)>;
        if constexpr (std::is_same_v<M, CustomList<S>>) {
          return custom(member);
        } else {
          using T = std::decay_t<decltype(std::declval<S>().*member)>;
          if constexpr (is_list<T>) {
            return list(member);
          } else {
            return scalar(member);
          }
        }
      },
      field.member);
}

}  // namespace detail

template <class S>
void assign(const Field<S>& field, S& settings, std::span<const std::string_view> values,
            std::string_view source) {
  const Expected expected = detail::expected_of(field);
  detail::visit_member(
      field,
      [&](auto member) { detail::parse_value(settings.*member, values.back(), expected, source); },
      [&](auto member) {
        auto& list = settings.*member;
        detail::for_each_element(
            field, values, [&] { list.clear(); },
            [&](std::string_view text) {
              detail::parse_value(list.emplace_back(), text, expected, source);
            });
      },
      [&](const CustomList<S>& custom) {
        detail::for_each_element(
            field, values, [&] { custom.clear(settings); },
            [&](std::string_view text) { custom.append(settings, text, source); });
      });
}

template <class S>
std::string print(const Field<S>& field, const S& settings) {
  return detail::visit_member(
      field, [&](auto member) { return detail::print_value(settings.*member); },
      [&](auto member) {
        std::string text;
        for (const auto& element : settings.*member) {
          if (!text.empty()) text += field.separator == '\0' ? ' ' : field.separator;
          text += detail::print_value(element);
        }
        return text;
      },
      [&](const CustomList<S>& custom) { return custom.print(settings); });
}

template <class S>
void check_fields(std::span<const Field<S>> table, const S& settings) {
  for (const Field<S>& field : table) {
    const Expected expected = detail::expected_of(field);
    const std::string_view source = shown_name(field);
    detail::visit_member(
        field, [&](auto member) { detail::check_value(settings.*member, expected, source); },
        [&](auto member) {
          for (const auto& e : settings.*member) detail::check_value(e, expected, source);
        },
        [](const CustomList<S>&) {});
  }
}

template <class S>
std::string fields_markdown(std::span<const Field<S>> table) {
  const S defaults{};
  std::vector<FieldHelp> rows;
  for (const Field<S>& field : table) {
    rows.push_back({field.flags.empty() ? field.name : field.flags, field.env,
                    print(field, defaults), describe(detail::expected_of(field)), field.help});
  }
  return markdown_table(rows);
}

}  // namespace caracal
