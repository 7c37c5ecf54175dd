#include "bench/summary.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace caracal {

Summary summarize(std::span<const double> values) {
  if (values.empty()) return {};
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const size_t n = sorted.size();
  Summary s{.n = n,
            .median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2,
            .min = sorted.front(),
            .max = sorted.back(),
            .mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / static_cast<double>(n)};
  double squares = 0;
  for (double v : sorted) squares += (v - s.mean) * (v - s.mean);
  if (n > 1) s.stddev = std::sqrt(squares / static_cast<double>(n - 1));
  return s;
}

}  // namespace caracal
