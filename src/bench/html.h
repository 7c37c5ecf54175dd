#pragma once
/// What the pages of a benchmark share: one file, no scripts, well-formed XML.
#include <string>
#include <string_view>

#include "bench/reports.h"

namespace caracal {

/// "&lt;" for "<" and so on; control characters become spaces.
std::string escape_html(std::string_view text);
/// Cells are escaped.
std::string html_table(const TableRows& rows, bool has_heading);
/// The machine as a table, its roofs included.
std::string environment_html(const BenchEnvironment& environment);
/// body: elements of HTML.
std::string html_page(std::string_view title, const BenchEnvironment& environment,
                      std::string_view body);

}  // namespace caracal
