#include "cli/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace caracal::cli {
namespace {

using Unit = Report::Unit;

std::string human_bytes(double bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < std::size(kUnits)) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

std::string shown(const Json& value, Unit unit) {
  if (unit == Unit::bytes && value.is_number()) return human_bytes(value.get<double>());
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  return to_text(value);
}

/// Columns in a terminal: characters, as far as code points tell.
size_t width(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string padded(std::string_view text, size_t wanted, bool right) {
  const std::string space(wanted - std::min(wanted, width(text)), ' ');
  return right ? space + std::string(text) : std::string(text) + space;
}

void append_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + '\n';
}

}  // namespace

void Report::add_fact(std::string_view key, Json value, Unit unit) {
  facts_.push_back({key, std::move(value), unit});
}

void Report::start_table(std::string_view name, std::vector<Column> columns) {
  tables_.push_back({name, std::move(columns), {}});
}

void Report::add_row(Row row) {
  CRCL_CHECK(row.size() == tables_.back().columns.size());
  tables_.back().rows.push_back(std::move(row));
}

std::string Report::text() const {
  std::string out;
  size_t key_width = 0;
  for (const Fact& fact : facts_) key_width = std::max(key_width, fact.key.size());
  for (const Fact& fact : facts_)
    append_line(out, padded(fact.key, key_width + 2, false) + shown(fact.value, fact.unit));
  for (const Table& table : tables_) {
    if (!out.empty()) out += '\n';
    std::vector<size_t> widths;
    for (size_t c = 0; c < table.columns.size(); ++c) {
      size_t w = table.columns[c].name.size();
      for (const Row& row : table.rows)
        w = std::max(w, width(shown(row[c], table.columns[c].unit)));
      widths.push_back(w);
    }
    std::string heading;
    for (size_t c = 0; c < table.columns.size(); ++c)
      heading += padded(table.columns[c].name, widths[c] + 2, false);
    append_line(out, heading);
    for (const Row& row : table.rows) {
      std::string line;
      for (size_t c = 0; c < row.size(); ++c)
        line += padded(shown(row[c], table.columns[c].unit), widths[c], row[c].is_number()) + "  ";
      append_line(out, line);
    }
  }
  return out;
}

Json Report::json() const {
  Json out = Json::object();
  for (const Fact& fact : facts_) out[std::string(fact.key)] = fact.value;
  for (const Table& table : tables_) {
    Json rows = Json::array();
    for (const Row& row : table.rows) {
      Json object = Json::object();
      for (size_t c = 0; c < row.size(); ++c) object[std::string(table.columns[c].name)] = row[c];
      rows.push_back(std::move(object));
    }
    out[std::string(table.name)] = std::move(rows);
  }
  return out;
}

}  // namespace caracal::cli
