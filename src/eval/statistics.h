#pragma once
#include <cmath>
#include <cstdint>
#include <span>

namespace caracal {

/// Mean and spread of a stream of numbers (Welford 1962: no cancellation).
class MeanMeter {
 public:
  void add(double value) {
    ++n_;
    const double delta = value - mean_;
    mean_ += delta / static_cast<double>(n_);
    squares_ += delta * (value - mean_);
  }
  int64_t count() const { return n_; }
  double mean() const { return mean_; }
  /// Of the population the numbers are a sample of; 0 below two numbers.
  double variance() const { return n_ < 2 ? 0 : squares_ / static_cast<double>(n_ - 1); }
  /// Of the mean.
  double standard_error() const {
    return n_ < 2 ? 0 : std::sqrt(variance() / static_cast<double>(n_));
  }

 private:
  int64_t n_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // sum of squared distances from the mean
};

/// fraction of 0 to 1; between neighbours by linear interpolation (definition 7 of Hyndman & Fan
/// 1996, NumPy's default). sorted: ascending, not empty.
double percentile(std::span<const double> sorted, double fraction);

struct Interval {
  double low = 0;
  double high = 0;
};
/// 95 % confidence interval of a proportion (Wilson 1927): right for few items and near 0 and 1,
/// where mean ± 1.96 standard errors is not. n >= 1.
Interval wilson_interval(int64_t n_successes, int64_t n);

}  // namespace caracal
