#pragma once
/// For tests: does a sample follow a law? Pearson's chi-square test.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

namespace caracal {

/// Upper regularised incomplete gamma function Q(a, x): series below a + 1, continued fraction
/// (modified Lentz) above. Abramowitz & Stegun 6.5.29 and 6.5.31.
inline double gamma_q(double a, double x) {
  if (x <= 0) return 1;
  const double front = std::exp(a * std::log(x) - x - std::lgamma(a));
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (int n = 1; n < 10000 && term > sum * 1e-16; ++n) sum += term *= x / (a + n);
    return 1 - front * sum;
  }
  double b = x + 1 - a, c = 1e300, d = 1 / b, fraction = d;
  for (int n = 1; n < 10000; ++n) {
    const double numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    fraction *= d * c;
    if (std::abs(d * c - 1) < 1e-15) break;
  }
  return front * fraction;
}

/// Probability that a sample of the law deviates at least as much as counts do; 0 when something
/// impossible was drawn. Cells that expect fewer than 5 are merged.
inline double chi_square_p_value(std::span<const int64_t> counts, std::span<const double> law) {
  const double total =
      static_cast<double>(std::accumulate(counts.begin(), counts.end(), int64_t{0}));
  double statistic = 0, rare_expected = 0, rare_count = 0;
  int n_cells = 0;
  const auto add_cell = [&](double expected, double count) {
    statistic += (count - expected) * (count - expected) / expected;
    ++n_cells;
  };
  for (size_t i = 0; i < counts.size(); ++i) {
    const double expected = law[i] * total;
    const auto count = static_cast<double>(counts[i]);
    if (expected == 0 && count > 0) return 0;
    if (expected >= 5) {
      add_cell(expected, count);
    } else {
      rare_expected += expected;
      rare_count += count;
    }
  }
  if (rare_expected >= 1) add_cell(rare_expected, rare_count);
  return n_cells < 2 ? 1 : gamma_q((n_cells - 1) / 2.0, statistic / 2);
}

}  // namespace caracal
