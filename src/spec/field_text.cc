#include "spec/field_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "spec/field_table.h"

namespace caracal {
namespace {

std::string number_text(double x) { return fmt::format("{}", x); }

/// The largest values of the member types mean "no bound" to a reader.
bool is_open_end(double x) {
  return std::isinf(x) || x == std::numeric_limits<int32_t>::max() ||
         x == static_cast<double>(std::numeric_limits<int64_t>::max());
}
bool is_open_start(double x) {
  return std::isinf(x) || x == std::numeric_limits<int32_t>::min() ||
         x == static_cast<double>(std::numeric_limits<int64_t>::min());
}

std::string describe_range(const Range& range) {
  const bool from = !is_open_start(range.min);
  const bool to = !is_open_end(range.max);
  if (from && to) {
    return fmt::format("{}{}, {}]", range.min_excluded ? '(' : '[', number_text(range.min),
                       number_text(range.max));
  }
  if (from) return fmt::format("{} {}", range.min_excluded ? ">" : ">=", number_text(range.min));
  if (to) return "<= " + number_text(range.max);
  return {};
}

[[noreturn]] void refuse_number(std::string_view found, const Expected& expected, bool whole,
                                std::string_view source) {
  std::string range = describe_range(expected.range);
  if (!range.empty()) range.insert(0, range.back() == ']' ? " in " : " ");
  throw_error(ErrorCode::bad_config, source, "expected a {}number{}, found \"{}\"",
              whole ? "whole " : "", range, found);
}

template <class T>
bool read_all(std::string_view text, T& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  return error == std::errc() && stop == end && !text.empty();
}

/// A pipe or a line end inside a cell would break the table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') {
      out += "\\|";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string code_cell(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", cell(text));
}

}  // namespace

std::string describe(const Expected& expected) {
  return expected.choices.empty() ? describe_range(expected.range) : std::string(expected.choices);
}

bool parse_bool(std::string_view text, std::string_view source) {
  for (const std::string_view yes : {"true", "1", "on", "yes", "enabled"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"false", "0", "off", "no", "disabled"}) {
    if (text == no) return false;
  }
  throw_error(ErrorCode::bad_config, source, "expected true or false, found \"{}\"", text);
}

int64_t parse_integer(std::string_view text, const Expected& expected, std::string_view source) {
  int64_t value = 0;
  if (!read_all(text, value)) refuse_number(text, expected, true, source);
  check_number(static_cast<double>(value), text, expected, true, source);
  return value;
}

double parse_number(std::string_view text, const Expected& expected, std::string_view source) {
  double value = 0;
  if (!read_all(text, value)) refuse_number(text, expected, false, source);
  check_number(value, text, expected, false, source);
  return value;
}

void check_number(double value, std::string_view shown, const Expected& expected, bool whole,
                  std::string_view source) {
  if (!expected.range.contains(value)) refuse_number(shown, expected, whole, source);
  check_choice(shown, expected.choices, source);
}

void check_choice(std::string_view value, std::string_view choices, std::string_view source) {
  if (choices.empty()) return;
  for (const std::string_view choice : split_list(choices, '|')) {
    if (choice == value) return;
  }
  throw_error(ErrorCode::bad_config, source, "expected one of {}, found \"{}\"", choices, value);
}

std::string print_number(float value) { return fmt::format("{}", value); }
std::string print_number(int64_t value) { return fmt::format("{}", value); }

std::vector<std::string_view> split_list(std::string_view text, char separator) {
  if (separator == '\0') return {text};
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::vector<FlagName> split_flags(std::string_view flags) {
  std::vector<FlagName> names;
  for (std::string_view part : split_list(flags, ',')) {
    const bool negates = part.starts_with('!');
    names.push_back({negates ? part.substr(1) : part, negates});
  }
  return names;
}

std::string markdown_table(std::span<const FieldHelp> rows) {
  std::string out = "| flag | environment | default | range | |\n| --- | --- | --- | --- | --- |\n";
  for (const FieldHelp& row : rows) {
    out += fmt::format("| {} | {} | {} | {} | {} |\n", code_cell(row.flags), code_cell(row.env),
                       code_cell(row.default_value), code_cell(row.range), cell(row.help));
  }
  return out;
}

}  // namespace caracal
