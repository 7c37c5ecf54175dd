#include "bench/html.h"

#include <fmt/format.h>

namespace caracal {
namespace {

constexpr std::string_view kStyle = R"(
body { font: 15px/1.5 system-ui, sans-serif; color: #0f172a; max-width: 1080px; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em }
table { border-collapse: collapse; font-size: 0.92em }
th, td { border-bottom: 1px solid #cbd5e1; padding: 0.25em 0.7em; text-align: left; vertical-align: top }
svg { max-width: 100%; height: auto }
svg text { font: 12px system-ui, sans-serif; fill: #0f172a }
.m { text-anchor: middle } .e { text-anchor: end } .s { text-anchor: start }
svg text.in { text-anchor: middle; fill: #fff; font-size: 11px }
.grid { stroke: #e2e8f0; fill: none } .roof { stroke: #475569; stroke-width: 1.5; fill: none }
.prefill { fill: #2563eb } .decode { fill: #d97706 }
)";

std::string cells(const std::vector<std::string>& row, std::string_view tag) {
  std::string out = "<tr>";
  for (const std::string& cell : row) out += fmt::format("<{0}>{1}</{0}>", tag, escape_html(cell));
  return out + "</tr>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        // Control characters are no XML.
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string html_table(const TableRows& rows, bool has_heading) {
  std::string out = "<table>\n";
  for (size_t r = 0; r < rows.size(); ++r)
    out += cells(rows[r], r == 0 && has_heading ? "th" : "td");
  return out + "</table>\n";
}

std::string html_page(std::string_view title, const BenchEnvironment& environment,
                      std::string_view body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<title>{0}, "
      "{1}</title>\n<style>{2}</style>\n</head>\n<body>\n<h1>{0}</h1>\n<p>{1} on {3}</p>\n{4}"
      "</body>\n</html>\n",
      escape_html(title), escape_html(environment.date), kStyle,
      escape_html(environment.machine.cpu_name), body);
}

}  // namespace caracal
