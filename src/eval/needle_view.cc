/// Needle results for people: a table and a heat map.
#include <fmt/format.h>

#include "eval/needle.h"

namespace caracal {
namespace {

const NeedleCell& cell_at(const NeedleOptions& options, const std::vector<NeedleCell>& cells,
                          size_t length, size_t depth) {
  return cells[length * options.depths.size() + depth];
}

double percent(const NeedleCell& cell) { return 100 * cell.exact.mean(); }

/// From red (0) over yellow to green (1).
std::string colour(double share) { return fmt::format("hsl({:.0f},65%,60%)", 120 * share); }

}  // namespace

std::string needle_table(const NeedleOptions& options, const std::vector<NeedleCell>& cells) {
  std::string out = "depth \\ length";
  for (int32_t length : options.lengths) out += fmt::format("{:>8}", length);
  out += '\n';
  for (size_t d = 0; d < options.depths.size(); ++d) {
    out += fmt::format("{:>12} %", options.depths[d]);
    for (size_t l = 0; l < options.lengths.size(); ++l)
      out += fmt::format("{:>6.0f} %", percent(cell_at(options, cells, l, d)));
    out += '\n';
  }
  return out;
}

std::string needle_svg(const NeedleOptions& options, const std::vector<NeedleCell>& cells) {
  constexpr int kCellWidth = 84, kCellHeight = 40, kLeft = 76, kTop = 56;
  const int width = kLeft + kCellWidth * static_cast<int>(options.lengths.size()) + 16;
  const int height = kTop + kCellHeight * static_cast<int>(options.depths.size()) + 16;
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\">\n<title>Retrieval from a long context: exact answers by depth of the fact "
      "and length of the prompt</title>\n"
      "<style>text{{font:13px sans-serif;text-anchor:middle;fill:#0f172a}}</style>\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n"
      "<text x=\"{2}\" y=\"20\">tokens</text>\n<text x=\"{3}\" y=\"44\">depth</text>\n",
      width, height, (kLeft + width) / 2, kLeft / 2);
  for (size_t l = 0; l < options.lengths.size(); ++l)
    out +=
        fmt::format("<text x=\"{}\" y=\"44\">{}</text>\n",
                    kLeft + kCellWidth * static_cast<int>(l) + kCellWidth / 2, options.lengths[l]);
  for (size_t d = 0; d < options.depths.size(); ++d) {
    const int y = kTop + kCellHeight * static_cast<int>(d);
    const int baseline = y + kCellHeight / 2 + 5;
    out += fmt::format("<text x=\"{}\" y=\"{}\">{} %</text>\n", kLeft / 2, baseline,
                       options.depths[d]);
    for (size_t l = 0; l < options.lengths.size(); ++l) {
      const NeedleCell& cell = cell_at(options, cells, l, d);
      const int x = kLeft + kCellWidth * static_cast<int>(l);
      out += fmt::format(
          "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"><title>log-likelihood "
          "{:.2f}</title></rect>\n<text x=\"{}\" y=\"{}\">{:.0f} %</text>\n",
          x, y, kCellWidth - 2, kCellHeight - 2, colour(cell.exact.mean()),
          cell.log_likelihood.mean(), x + kCellWidth / 2 - 1, baseline, percent(cell));
    }
  }
  return out + "</svg>\n";
}

}  // namespace caracal
