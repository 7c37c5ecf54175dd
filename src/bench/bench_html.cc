#include <fmt/format.h>

#include "bench/html.h"
#include "bench/reports.h"

namespace caracal {
namespace {

std::string results_table(const BenchReport& report) {
  TableRows rows = bench_rows(report);
  for (size_t r = 0; r < rows.size(); ++r)
    rows[r].insert(rows[r].begin(), r == 0 ? "" : fmt::format("{}", r));
  return html_table(rows, true);
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

std::string environment_html(const BenchEnvironment& environment) {
  TableRows rows = environment_rows(environment);
  for (const RoofFigure& f : environment.roofs.figures)
    rows.push_back({fmt::format("{}, {} threads", name_of(f.roof), f.n_threads),
                    fmt::format("{} ({})", show_rate(f.roof, f.per_second), f.instruction)});
  return html_table(rows, false);
}

std::string bench_html(const BenchReport& report) {
  std::string out = "<h2>Results</h2>\n" + results_table(report) + how_measured(report);
  out += "<h2>Roofline</h2>\n" + roofline_svg(report);
  out += "<p>Blue: prefill, orange: decode; numbers are rows of the table.</p>\n";
  if (const std::string shares = shares_svg(report); !shares.empty())
    out += "<h2>Where the time goes</h2>\n" + shares +
           "<p>One more repetition of each test, with a clock at every tile. <i>waiting</i> is the "
           "time of threads at the end of a region.</p>\n";
  out += "<h2>Environment</h2>\n" + environment_html(report.environment);
  return html_page("caracal bench", report.environment, out);
}

}  // namespace caracal
