#include "eval/statistics.h"

#include <algorithm>

namespace caracal {

double percentile(std::span<const double> sorted, double fraction) {
  const double place = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  const double weight = place - static_cast<double>(below);
  return sorted[below] + weight * (sorted[above] - sorted[below]);
}

Interval wilson_interval(int64_t n_successes, int64_t n_items) {
  constexpr double z = 1.959963984540054;  // 97.5 % point of the normal distribution
  const auto n = static_cast<double>(n_items);
  const double p = static_cast<double>(n_successes) / n;
  const double shrink = 1 / (1 + z * z / n);
  const double centre = shrink * (p + z * z / (2 * n));
  const double half = shrink * z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

}  // namespace caracal
