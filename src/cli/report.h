#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace caracal::cli {

/// Facts and tables, printed for people or as one JSON object.
class Report {
 public:
  enum class Unit { none, bytes };
  struct Column {
    std::string_view name;  ///< also the key in JSON
    Unit unit = Unit::none;
  };
  using Row = std::vector<Json>;

  void add_fact(std::string_view key, Json value, Unit unit = Unit::none);
  void start_table(std::string_view name, std::vector<Column> columns);
  /// One value per column of the table started last.
  void add_row(Row row);

  /// Facts as "key  value" lines, then each table with a heading per column. Byte counts as "1.5
  /// MB".
  std::string text() const;
  /// {"key":value,...,"table":[{"column":value,...},...]}
  Json json() const;

 private:
  struct Fact {
    std::string_view key;
    Json value;
    Unit unit;
  };
  struct Table {
    std::string_view name;
    std::vector<Column> columns;
    std::vector<Row> rows;
  };
  std::vector<Fact> facts_;
  std::vector<Table> tables_;
};

}  // namespace caracal::cli
