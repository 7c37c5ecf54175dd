#include "synth/code_table.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace caracal {
namespace {

constexpr double kDeviationsInRange = 2.6;

/// Inverse of the normal distribution function, by bisection.
double normal_quantile(double p) {
  double low = -9, high = 9;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(-middle / std::sqrt(2.0)) / 2 < p ? low : high) = middle;
  }
  return low;
}

size_t nearest(std::span<const double> values, double wanted) {
  const auto distance = [&](double value) { return std::fabs(value - wanted); };
  return static_cast<size_t>(std::ranges::min_element(values, {}, distance) - values.begin());
}

}  // namespace

CodeTable CodeTable::of(std::span<const double> values) {
  const auto [low, high] = std::ranges::minmax(values);
  const double wanted = std::min(-low, high) / kDeviationsInRange;
  CodeTable table;
  double squares = 0;
  for (size_t i = 0; i < table.codes.size(); ++i) {
    const double quantile = normal_quantile((static_cast<double>(i) + 0.5) / 256);
    const size_t code = nearest(values, wanted * quantile);
    table.codes[i] = static_cast<uint8_t>(code);
    squares += values[code] * values[code];
  }
  table.deviation = std::sqrt(squares / 256);
  return table;
}

CodeTable CodeTable::linear(int n_codes, double offset) {
  std::vector<double> values;
  for (int code = 0; code < n_codes; ++code) values.push_back(code - offset);
  return of(values);
}

}  // namespace caracal
