#pragma once
/// The text side of field_table.h: reading and printing values the same way in every locale. Every
/// function that throws throws Error(bad_config) with source (the flag or variable) as its context.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace caracal {

/// Closed interval of numbers, unless min_excluded. NaN is in none.
struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool min_excluded = false;

  constexpr bool contains(double x) const {
    return (min_excluded ? x > min : x >= min) && x <= max;
  }
};

/// What a row accepts.
struct Expected {
  Range range;
  std::string_view choices;  ///< "a|b|c" or empty

  /// The same, narrowed to what the integer type T holds.
  template <class T>
  constexpr Expected within() const {
    Expected narrowed = *this;
    narrowed.range.min = std::max(range.min, static_cast<double>(std::numeric_limits<T>::min()));
    narrowed.range.max = std::min(range.max, static_cast<double>(std::numeric_limits<T>::max()));
    return narrowed;
  }
};

/// "[0, 1]", ">= -1", "f32|f16", or empty when anything goes.
std::string describe(const Expected& expected);

bool parse_bool(std::string_view text, std::string_view source);
int64_t parse_integer(std::string_view text, const Expected& expected, std::string_view source);
double parse_number(std::string_view text, const Expected& expected, std::string_view source);

/// shown: the value as text, for the message.
void check_number(double value, std::string_view shown, const Expected& expected, bool whole,
                  std::string_view source);
void check_choice(std::string_view value, std::string_view choices, std::string_view source);

/// Shortest text that reads back as the same value.
std::string print_number(float value);
std::string print_number(int64_t value);
inline std::string print_number(int32_t value) { return print_number(int64_t{value}); }

/// Parts of text between separators, without empty ones; the whole text when separator is '\0'.
std::vector<std::string_view> split_list(std::string_view text, char separator);

/// One line of the generated documentation.
struct FieldHelp {
  std::string_view flags, env;
  std::string default_value, range;
  std::string_view help;
};
std::string markdown_table(std::span<const FieldHelp> rows);

}  // namespace caracal
