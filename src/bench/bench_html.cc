#include <fmt/format.h>

#include "bench/reports.h"

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

std::string results_table(const BenchReport& report) {
  TableRows rows = bench_rows(report);
  std::string out = "<table>\n";
  for (size_t r = 0; r < rows.size(); ++r) {
    rows[r].insert(rows[r].begin(), r == 0 ? "" : fmt::format("{}", r));
    out += cells(rows[r], r == 0 ? "th" : "td");
  }
  return out + "</table>\n";
}

std::string environment_table(const BenchEnvironment& environment) {
  std::string out = "<table>\n";
  for (const auto& row : environment_rows(environment)) out += cells(row, "td");
  for (const RoofFigure& f : environment.roofs.figures)
    out += cells({fmt::format("{}, {} threads", name_of(f.roof), f.n_threads),
                  fmt::format("{} ({})", show_rate(f.roof, f.per_second), f.instruction)},
                 "td");
  return out + "</table>\n";
}

std::string how_measured(const BenchReport& report) {
  std::string out =
      "<p>Tokens per second are medians over the repetitions. The roof of a row was sampled on the "
      "same threads right before and after each repetition; the share is the rate over the mean of "
      "the two. Decoding is compared with the read bandwidth by the bytes of weights and KV that "
      "it "
      "reads, prefill with the peak of the arithmetic it uses by two operations for each "
      "multiply-add of matrix products and attention.</p>\n";
  int32_t n = 0;
  for (const BenchResult& result : report.results) n += result.n_unsteady();
  if (n > 0)
    out += fmt::format(
        "<p><b>The machine was not steady:</b> around {} repetitions the roof still moved by more "
        "than a tenth after several attempts.</p>\n",
        n);
  return out;
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

std::string bench_html(const BenchReport& report) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<title>caracal "
      "bench, {0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>caracal bench</h1>\n<p>{0} on "
      "{2}</p>\n",
      escape_html(report.environment.date), kStyle,
      escape_html(report.environment.machine.cpu_name));
  out += "<h2>Results</h2>\n" + results_table(report) + how_measured(report);
  out += "<h2>Roofline</h2>\n" + roofline_svg(report);
  out += "<p>Blue: prefill, orange: decode; numbers are rows of the table.</p>\n";
  if (const std::string shares = shares_svg(report); !shares.empty())
    out += "<h2>Where the time goes</h2>\n" + shares +
           "<p>One more repetition of each test, with a clock at every tile. <i>waiting</i> is the "
           "time of threads at the end of a region.</p>\n";
  out += "<h2>Environment</h2>\n" + environment_table(report.environment);
  return out + "</body>\n</html>\n";
}

}  // namespace caracal
