#pragma once
#include <cstddef>
#include <span>

namespace caracal {

/// A few measurements of one thing.
struct Summary {
  size_t n = 0;
  double median = 0, min = 0, max = 0, mean = 0;
  double stddev = 0;  ///< of the population they are a sample of; 0 below two values

  /// (max - min) / median; 0 when the median is.
  double spread() const { return median == 0 ? 0 : (max - min) / median; }
};

/// Zeros for no values. The median of an even number is the mean of the middle two.
Summary summarize(std::span<const double> values);

}  // namespace caracal
