#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "bench/reports.h"

namespace caracal {
namespace {

/// A column of the table; one that says the same of every row as a default benchmark would is left
/// out.
struct Column {
  std::string_view heading;
  std::function<std::string(const BenchResult&)> show;
  std::string_view usual = {};  ///< empty: always shown
};

const std::vector<Column>& columns() {
  static const std::vector<Column> kColumns = {
      {"model", [](auto& r) { return r.model.name.empty() ? r.model.path : r.model.name; }},
      {"weights", [](auto& r) { return r.model.weights; }},
      {"size", [](auto& r) { return show_count(static_cast<double>(r.model.file_bytes)) + "B"; }},
      {"params", [](auto& r) { return show_count(static_cast<double>(r.model.n_parameters)); }},
      {"threads", [](auto& r) { return fmt::format("{}", r.engine.n_threads); }},
      {"n_batch", [](auto& r) { return fmt::format("{}", r.engine.n_batch); }, "512"},
      {"parallel", [](auto& r) { return fmt::format("{}", r.engine.n_parallel); }, "1"},
      {"type_k", [](auto& r) { return r.engine.cache_type_k; }, "f16"},
      {"type_v", [](auto& r) { return r.engine.cache_type_v; }, "f16"},
      {"mode", [](auto& r) { return r.engine.numerics; }, "exact"},
      {"test", [](auto& r) { return show_test(r.test); }},
      {"tokens/s", [](auto& r) { return show_speed(r.tokens_per_s().median); }},
      {"min to max",
       [](auto& r) {
         const Summary s = r.tokens_per_s();
         return fmt::format("{} to {}", show_speed(s.min), show_speed(s.max));
       }},
      {"roof",
       [](auto& r) { return r.has_share() ? show_rate(r.roof, r.roof_per_s().median) : "-"; }},
      {"share",
       [](auto& r) {
         return r.has_share() ? fmt::format("{:.1f} %", 100 * r.roof_share().median) : "-";
       }},
      {"unsteady", [](auto& r) { return fmt::format("{}", r.n_unsteady()); }, "0"},
  };
  return kColumns;
}

}  // namespace

std::string show_speed(double tokens_per_s) {
  return fmt::format("{:.{}f}", tokens_per_s, tokens_per_s < 100 ? 2 : 1);
}

std::string show_test(const BenchTest& test) {
  return test.depth > 0 ? fmt::format("{} @ d{}", test.name(), test.depth) : test.name();
}

std::string show_rate(Roof roof, double per_second) {
  const double billions = per_second / 1e9;
  return fmt::format(
      "{:.{}f} {} {}", billions, billions < 100 ? 1 : 0, unit_of(roof),
      roof == Roof::read_bandwidth ? "read" : name_of(roof).substr(0, name_of(roof).find('_')));
}

std::string show_count(double n) {
  constexpr std::string_view kUnits[] = {"", "k", "M", "G", "T"};
  size_t unit = 0;
  for (; n >= 999.95 && unit + 1 < std::size(kUnits); ++unit) n /= 1000;
  return unit == 0 ? fmt::format("{:.0f} ", n) : fmt::format("{:.1f} {}", n, kUnits[unit]);
}

TableRows bench_rows(const BenchReport& report) {
  std::vector<const Column*> shown;
  for (const Column& column : columns())
    if (column.usual.empty() || std::ranges::any_of(report.results, [&](const BenchResult& r) {
          return column.show(r) != column.usual;
        }))
      shown.push_back(&column);
  TableRows rows(1);
  for (const Column* column : shown) rows[0].emplace_back(column->heading);
  for (const BenchResult& result : report.results) {
    rows.emplace_back();
    for (const Column* column : shown) rows.back().push_back(column->show(result));
  }
  return rows;
}

TableRows environment_rows(const BenchEnvironment& environment) {
  const MachineInfo& m = environment.machine;
  return {
      {"CPU", m.cpu_name},
      {"features", to_string(m.features)},
      {"CPUs online, available", fmt::format("{}, {}", m.n_cpus_online, m.n_threads)},
      {"CPU quota", std::isfinite(m.cpu_quota) ? fmt::format("{:.2f}", m.cpu_quota) : "none"},
      {"memory", show_count(static_cast<double>(m.memory_bytes)) + "B"},
      {"last level cache", show_count(static_cast<double>(m.last_level_bytes())) + "B"},
      {"NUMA nodes", fmt::format("{}", m.numa_nodes.size())},
      {"huge pages", m.huge_pages},
      {"kernel", m.kernel},
      {"load average before", fmt::format("{:.2f}", environment.load_average)},
      {"caracal", environment.version},
      {"compiler", environment.compiler},
      {"date", environment.date},
  };
}

std::string markdown_rows(const TableRows& rows) {
  std::vector<size_t> widths(rows.empty() ? 0 : rows[0].size(), 3);
  for (const auto& row : rows)
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells) {
    for (size_t c = 0; c < cells.size(); ++c) out += fmt::format("| {:<{}} ", cells[c], widths[c]);
    out += "|\n";
  };
  for (size_t r = 0; r < rows.size(); ++r) {
    line(rows[r]);
    if (r > 0) continue;
    for (const size_t width : widths) out += "|" + std::string(width + 2, '-');
    out += "|\n";
  }
  return out;
}

std::string bench_table(const BenchReport& report) { return markdown_rows(bench_rows(report)); }

}  // namespace caracal
