#pragma once
/// What a benchmark found, for scripts and for people.
#include <string>

#include "base/json_fwd.h"
#include "bench/bench_result.h"

namespace caracal {

/// {"results":[...],"machine":{...}}; keys and units: docs/bench.md.
Json bench_json(const BenchReport& report);
/// "machine" of the same.
Json machine_json(const BenchEnvironment& environment);

/// A Markdown table, a row per test. Columns whose values are all the defaults are left out.
std::string bench_table(const BenchReport& report);

/// Median, extremes, mean and deviation.
Json to_json(const Summary& summary);

/// One HTML page that needs nothing else: environment, results, roofline, shares of operators.
std::string bench_html(const BenchReport& report);

/// The roofs of the machine and every test between them, as an SVG element.
std::string roofline_svg(const BenchReport& report);
/// Where the time of each test went, as an SVG element; empty when no test was profiled.
std::string shares_svg(const BenchReport& report);

/// Cells of a table, the first row its heading; all rows have the same length.
using TableRows = std::vector<std::vector<std::string>>;
/// As Markdown, columns aligned.
std::string markdown_rows(const TableRows& rows);

/// The rows of bench_table.
TableRows bench_rows(const BenchReport& report);
/// "Zen | 2 threads | ..." in lines of key and value.
TableRows environment_rows(const BenchEnvironment& environment);

/// "27.9 GB/s", "601 GOPS".
std::string show_rate(Roof roof, double per_second);
/// "134.5 M", "1.2 G": of bytes or parameters.
std::string show_count(double n);
/// "175.2", "47.31": tokens a second.
std::string show_speed(double tokens_per_s);
/// "pp512", "tg64 @ d4096".
std::string show_test(const BenchTest& test);

}  // namespace caracal
