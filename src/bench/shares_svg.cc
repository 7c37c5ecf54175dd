#include <fmt/format.h>

#include <algorithm>

#include "bench/html.h"
#include "bench/reports.h"

namespace caracal {
namespace {

constexpr double kBarLeft = 190, kBarWidth = 540, kRowHeight = 26, kBarHeight = 18;
constexpr double kLegendTop = 24;

/// Kinds of operators in a fixed order of colours; the first are those that models spend most on.
constexpr std::string_view kColours[] = {"#2563eb", "#d97706", "#0d9488", "#9333ea",
                                         "#dc2626", "#65a30d", "#db2777", "#0891b2"};
constexpr std::string_view kOthers = "#64748b", kWaiting = "#cbd5e1";
constexpr double kLeastShare = 0.01;  ///< a kind below it everywhere is one of the others

/// Kinds that have a colour of their own.
std::vector<std::string> kinds_of(const BenchReport& report) {
  std::vector<std::string> kinds = {"linear", "attend"};
  for (const BenchResult& r : report.results)
    for (const OperatorShare& share : r.operators)
      if (share.name != "waiting" && share.time_share >= kLeastShare &&
          kinds.size() < std::size(kColours) && std::ranges::find(kinds, share.name) == kinds.end())
        kinds.push_back(share.name);
  return kinds;
}

std::string_view colour_of(const std::vector<std::string>& kinds, std::string_view kind) {
  if (kind == "waiting") return kWaiting;
  const auto it = std::ranges::find(kinds, kind);
  return it == kinds.end() ? kOthers : kColours[it - kinds.begin()];
}

/// The kinds with a colour, in the order of the legend, then all others as one, then waiting.
std::vector<std::pair<std::string, double>> pieces_of(const BenchResult& result,
                                                      std::vector<std::string> names) {
  std::vector<std::pair<std::string, double>> pieces;
  for (std::string& name : names) pieces.emplace_back(std::move(name), 0);
  pieces.insert(pieces.end(), {{"others", 0}, {"waiting", 0}});
  for (const OperatorShare& share : result.operators) {
    auto it = std::ranges::find(pieces, share.name, &std::pair<std::string, double>::first);
    if (it == pieces.end()) it = pieces.end() - 2;
    it->second += share.time_share;
  }
  return pieces;
}

std::string legend(const std::vector<std::string>& kinds) {
  std::string out;
  double x = 10;
  for (const auto& [name, share] : pieces_of({}, kinds)) {
    out += fmt::format(
        "<rect x=\"{:.0f}\" y=\"4\" width=\"11\" height=\"11\" fill=\"{}\"/><text x=\"{:.0f}\" "
        "y=\"14\" class=\"s\">{}</text>\n",
        x, colour_of(kinds, name), x + 15, escape_html(name));
    x += 30 + 7.0 * static_cast<double>(name.size());
  }
  return out;
}

std::string bar(const BenchResult& result, size_t row, double top,
                const std::vector<std::string>& kinds) {
  const std::string depth =
      result.test.depth > 0 ? fmt::format(" @ d{}", result.test.depth) : std::string();
  std::string out = fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" class=\"e\">{}: {}{}</text>\n",
                                kBarLeft - 8, top + 14, row, result.test.name(), depth);
  double x = kBarLeft;
  for (const auto& [name, share] : pieces_of(result, kinds)) {
    const double width = share * kBarWidth;
    if (width < 0.1) continue;
    out += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.0f}\" width=\"{:.1f}\" height=\"{:.0f}\" fill=\"{}\"><title>{} "
        "{:.1f} %</title></rect>\n",
        x, top, width, kBarHeight, colour_of(kinds, name), escape_html(name), 100 * share);
    if (width > 34)
      out += fmt::format("<text x=\"{:.1f}\" y=\"{:.0f}\" class=\"{}\">{:.0f} %</text>\n",
                         x + width / 2, top + 13, name == "waiting" ? "m" : "in", 100 * share);
    x += width;
  }
  return out;
}

}  // namespace

std::string shares_svg(const BenchReport& report) {
  const std::vector<std::string> kinds = kinds_of(report);
  std::string bars;
  double top = kLegendTop;
  for (size_t i = 0; i < report.results.size(); ++i) {
    if (report.results[i].operators.empty()) continue;
    bars += bar(report.results[i], i + 1, top, kinds);
    top += kRowHeight;
  }
  if (bars.empty()) return {};
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 {0:.0f}\" width=\"760\" "
             "height=\"{0:.0f}\" role=\"img\">\n<title>Shares of operators</title>\n",
             top + 8) +
         legend(kinds) + bars + "</svg>\n";
}

}  // namespace caracal
