#include <fmt/format.h>

#include <set>

#include "bench/compare/compare_reports.h"
#include "bench/html.h"
#include "bench/reports.h"

namespace caracal {
namespace {

TableRows side_rows(const CompareReport& report) {
  TableRows rows = {{"engine", "version", "threads", "n_batch", "KV", "flags", "system"}};
  for (const ComparedSide& side : report.sides) {
    const EngineFacts& f = side.facts;
    rows.push_back({side.name, f.version, fmt::format("{}", f.n_threads),
                    fmt::format("{}", f.n_batch), f.cache_type_k + ", " + f.cache_type_v, f.flags,
                    f.system});
  }
  return rows;
}

/// System lines are long, and have bars of their own.
std::string side_lines(const ComparedSide& side) {
  const EngineFacts& f = side.facts;
  return fmt::format("{:<22} {}, {} threads, n_batch {}, KV {} and {}\n{:<22} {}\n{:<22} {}\n",
                     side.name, f.version, f.n_threads, f.n_batch, f.cache_type_k, f.cache_type_v,
                     "  flags", f.flags, "  system line", f.system);
}

/// "2.71 x"; in parentheses for the slower of a peer's variants, which does not count.
std::string show_ratio(const Comparison& comparison, const EngineSpeed& engine) {
  const auto ratio = ratio_to(comparison, engine);
  if (!ratio || &engine == &comparison.engines.front()) return "-";
  return is_best_variant(comparison, engine) ? fmt::format("{:.2f} x", *ratio)
                                             : fmt::format("({:.2f} x)", *ratio);
}

std::string show_share(const Comparison& comparison, const EngineSpeed& engine) {
  if (!comparison.roof || engine.roof_shares.empty()) return "-";
  return fmt::format("{:.1f} % {}", 100 * summarize(engine.roof_shares).median,
                     name_of(*comparison.roof));
}

std::vector<std::string> speed_row(const Comparison& c, const EngineSpeed& engine) {
  const Summary s = summarize(engine.tokens_per_s);
  const bool is_known = !engine.tokens_per_s.empty();
  return {c.model_name.empty() ? c.model_path : c.model_name,
          c.weights,
          show_test(c.test),
          fmt::format("{}", c.engine.n_threads),
          fmt::format("{}", c.engine.n_parallel),
          engine.name(),
          is_known ? show_speed(s.median) : "-",
          is_known ? fmt::format("{} to {}", show_speed(s.min), show_speed(s.max)) : "-",
          show_ratio(c, engine),
          show_share(c, engine)};
}

TableRows speed_rows(const CompareReport& report) {
  TableRows rows = {{"model", "weights", "test", "threads", "parallel", "engine", "tokens/s",
                     "min to max", "caracal is", "share of roof"}};
  for (const Comparison& c : report.comparisons)
    for (const EngineSpeed& engine : c.engines) rows.push_back(speed_row(c, engine));
  return rows;
}

/// One sentence for everything that weakens the figures.
std::vector<std::string> remarks(const CompareReport& report) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  const auto add = [&](std::string text) {
    if (seen.insert(text).second) out.push_back(std::move(text));
  };
  for (const Comparison& c : report.comparisons)
    for (const EngineSpeed& engine : c.engines)
      if (!engine.left_out.empty())
        add(fmt::format("{} is left out for {}{}: {}", engine.name(), c.model_path,
                        engine.whole_file_left_out ? "" : ", " + show_test(c.test),
                        engine.left_out));
  if (!report.is_quiet())
    add(
        fmt::format("The machine was not quiet: others kept {:.0f} % of the cores busy. Engines "
                    "whose barriers spin lose more beside a neighbour; these ratios are no "
                    "comparison.",
                    100 * report.others_share()));
  else
    add(fmt::format("Others kept {:.0f} % of the cores busy.", 100 * report.others_share()));
  return out;
}

std::string how_measured(const CompareReport& report) {
  return fmt::format(
      "Medians of {} repetitions, the engines in turn, each in a process of its own; \"caracal "
      "is\": its median over that of the engine of the row, in parentheses for the slower way to "
      "run a peer.",
      report.repetitions);
}

}  // namespace

std::string compare_text(const CompareReport& report) {
  std::string out;
  for (const auto& row : environment_rows(report.environment))
    out += fmt::format("{:<22} {}\n", row[0], row[1]);
  out += '\n';
  for (const ComparedSide& side : report.sides) out += side_lines(side);
  out += '\n' + markdown_rows(speed_rows(report));
  out += '\n' + how_measured(report) + '\n';
  for (const std::string& remark : remarks(report)) out += remark + '\n';
  return out;
}

std::string compare_html(const CompareReport& report) {
  std::string out = "<h2>Results</h2>\n" + html_table(speed_rows(report), true);
  out += "<p>" + escape_html(how_measured(report)) + "</p>\n";
  for (const std::string& remark : remarks(report)) out += "<p>" + escape_html(remark) + "</p>\n";
  out += "<h2>Engines</h2>\n" + html_table(side_rows(report), true);
  out += "<h2>Environment</h2>\n" + environment_html(report.environment);
  return html_page("caracal bench compare", report.environment, out);
}

}  // namespace caracal
