/// The roofline of Williams, Waterman & Patterson 2009: operations per second over operations per
/// byte, both logarithmic; what a machine allows is the lower of a slope and a ceiling.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/html.h"
#include "bench/reports.h"

namespace caracal {
namespace {

constexpr double kWidth = 760, kHeight = 420;
constexpr double kLeft = 64, kRight = 740, kTop = 20, kBottom = 372;

/// A logarithmic axis over whole powers of ten.
class LogAxis {
 public:
  LogAxis(double min, double max, double from, double to)
      : low_(std::floor(std::log10(min))),
        high_(std::max(std::ceil(std::log10(max)), low_ + 1)),
        from_(from),
        to_(to) {}
  int low() const { return static_cast<int>(low_); }
  int high() const { return static_cast<int>(high_); }
  double min() const { return std::pow(10, low_); }
  double max() const { return std::pow(10, high_); }
  double at(double value) const {
    return from_ + (to_ - from_) * (std::log10(value) - low_) / (high_ - low_);
  }

 private:
  double low_, high_, from_, to_;
};

struct Point {
  double intensity;  ///< operations per byte
  double rate;       ///< operations per second
  size_t row;        ///< of the table, from 1
  const BenchResult* result;
};

std::vector<Point> points_of(const BenchReport& report) {
  std::vector<Point> points;
  for (size_t i = 0; i < report.results.size(); ++i) {
    const BenchResult& r = report.results[i];
    const double seconds = r.n_tokens() / r.tokens_per_s().median;
    if (r.work.all_ops() > 0 && r.work.read_bytes() > 0 && seconds > 0)
      points.push_back(
          {r.work.all_ops() / r.work.read_bytes(), r.work.all_ops() / seconds, i + 1, &r});
  }
  return points;
}

/// Roofs with as many threads as they were measured with at most; where bf16 products are computed
/// in fp32, one stands for both.
std::vector<const RoofFigure*> roofs_of(const MachineRoofs& roofs) {
  int32_t most = 0;
  for (const RoofFigure& f : roofs.figures) most = std::max(most, f.n_threads);
  std::vector<const RoofFigure*> found;
  const RoofFigure* fp32 = roofs.find(Roof::fp32_fma, most);
  for (const RoofFigure& f : roofs.figures) {
    const bool is_fp32 = f.roof == Roof::bf16_dot && fp32 && fp32->instruction == f.instruction;
    if (f.n_threads == most && !is_fp32) found.push_back(&f);
  }
  return found;
}

std::string power_of_ten(int exponent, int unit) {
  return fmt::format("{:g}", std::pow(10, exponent - unit));
}

void draw_grid(std::string& out, const LogAxis& x, const LogAxis& y) {
  for (int e = x.low(); e <= x.high(); ++e) {
    const double at = x.at(std::pow(10, e));
    out += fmt::format(
        "<path d=\"M{0:.1f} {1} V{2}\" class=\"grid\"/><text x=\"{0:.1f}\" y=\"{3}\" "
        "class=\"m\">{4}</text>\n",
        at, kTop, kBottom, kBottom + 16, power_of_ten(e, 0));
  }
  for (int e = y.low(); e <= y.high(); ++e) {
    const double at = y.at(std::pow(10, e));
    out += fmt::format(
        "<path d=\"M{0} {1:.1f} H{2}\" class=\"grid\"/><text x=\"{3}\" y=\"{4:.1f}\" "
        "class=\"e\">{5}</text>\n",
        kLeft, at, kRight, kLeft - 6, at + 4, power_of_ten(e, 9));
  }
  out += fmt::format(
      "<text x=\"{:.0f}\" y=\"{}\" class=\"m\">operations per byte of weights and KV</text>\n",
      (kLeft + kRight) / 2, kBottom + 36);
  out += fmt::format(
      "<text x=\"14\" y=\"{0:.0f}\" class=\"m\" transform=\"rotate(-90 14 {0:.0f})\">billions of "
      "operations per second</text>\n",
      (kTop + kBottom) / 2);
}

void draw_roofs(std::string& out, const std::vector<const RoofFigure*>& roofs, const LogAxis& x,
                const LogAxis& y) {
  double bandwidth = 0;
  for (const RoofFigure* f : roofs)
    if (f->roof == Roof::read_bandwidth) bandwidth = f->per_second;
  for (const RoofFigure* f : roofs) {
    const std::string label =
        fmt::format("{}, {} threads", show_rate(f->roof, f->per_second), f->n_threads);
    if (f->roof == Roof::read_bandwidth) {
      const double from = std::max(x.min(), y.min() / bandwidth);
      const double to = std::min(x.max(), y.max() / bandwidth);
      out += fmt::format("<path d=\"M{:.1f} {:.1f} L{:.1f} {:.1f}\" class=\"roof\"/>\n", x.at(from),
                         y.at(from * bandwidth), x.at(to), y.at(to * bandwidth));
      out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"s\">{}</text>\n", x.at(to) + 8,
                         y.at(to * bandwidth) + 14, escape_html(label));
    } else {
      const double from = bandwidth > 0 ? std::max(x.min(), f->per_second / bandwidth) : x.min();
      out += fmt::format("<path d=\"M{:.1f} {:.1f} H{}\" class=\"roof\"/>\n", x.at(from),
                         y.at(f->per_second), kRight);
      out += fmt::format("<text x=\"{}\" y=\"{:.1f}\" class=\"e\">{}</text>\n", kRight,
                         y.at(f->per_second) - 4, escape_html(label));
    }
  }
}

void draw_point(std::string& out, const Point& p, const LogAxis& x, const LogAxis& y) {
  const BenchResult& r = *p.result;
  std::string words = fmt::format("{}: {:.1f} operations per byte, {:.1f} billions per second",
                                  r.test.name(), p.intensity, p.rate / 1e9);
  if (r.has_share())
    words += fmt::format(", {:.1f} % of {}", 100 * r.roof_share().median, name_of(r.roof));
  out += fmt::format(
      "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" class=\"{}\"><title>{}</title></circle><text "
      "x=\"{:.1f}\" y=\"{:.1f}\" class=\"s\">{}</text>\n",
      x.at(p.intensity), y.at(p.rate), r.test.is_decode() ? "decode" : "prefill",
      escape_html(words), x.at(p.intensity) + 8, y.at(p.rate) + 4, p.row);
}

}  // namespace

std::string roofline_svg(const BenchReport& report) {
  const std::vector<Point> points = points_of(report);
  const MachineRoofs all_roofs = roofs_meanwhile(report);
  const std::vector<const RoofFigure*> roofs = roofs_of(all_roofs);
  double min_x = 1, max_x = 1000, min_y = 1e10, max_y = 1e11;
  for (const Point& p : points) {
    min_x = std::min(min_x, p.intensity);
    max_x = std::max(max_x, p.intensity);
    min_y = std::min(min_y, p.rate);
    max_y = std::max(max_y, p.rate);
  }
  for (const RoofFigure* f : roofs)
    if (f->roof != Roof::read_bandwidth) max_y = std::max(max_y, f->per_second);
  const LogAxis x(min_x, max_x, kLeft, kRight), y(min_y, max_y * 1.2, kBottom, kTop);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" "
      "role=\"img\">\n<title>Roofline</title>\n",
      kWidth, kHeight);
  draw_grid(out, x, y);
  draw_roofs(out, roofs, x, y);
  for (const Point& p : points) draw_point(out, p, x, y);
  return out + "</svg>\n";
}

}  // namespace caracal
