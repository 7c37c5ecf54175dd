#include "engine/pooling.h"

#include <algorithm>
#include <cmath>

namespace caracal {
namespace {

constexpr double kInt16Range = 32760.0;  // as llama.cpp has it

/// What the vector is divided by.
double norm_of(std::span<const float> vector, int32_t p) {
  double largest = 0;
  for (float v : vector) largest = std::max(largest, std::fabs(double{v}));
  if (p == 0 || largest == 0) return largest / kInt16Range;
  double sum = 0;  // of (|v| / largest)^p: no overflow, whatever p
  for (float v : vector) sum += std::pow(std::fabs(double{v}) / largest, p);
  return largest * std::pow(sum, 1.0 / p);
}

}  // namespace

TextPooler::TextPooler(Pooling pooling, int32_t d_model) : pooling_(pooling) {
  if (pooling == Pooling::mean) sums_.assign(static_cast<size_t>(d_model), 0.0);
}

void TextPooler::add(std::span<const float> row) {
  ++n_rows_;
  if (pooling_ == Pooling::mean)
    for (size_t i = 0; i < row.size(); ++i) sums_[i] += double{row[i]};
  else
    rows_.insert(rows_.end(), row.begin(), row.end());
}

std::vector<float> TextPooler::finish() const {
  if (pooling_ != Pooling::mean) return rows_;
  std::vector<float> mean(sums_.size());
  for (size_t i = 0; i < mean.size(); ++i)
    mean[i] = static_cast<float>(sums_[i] / static_cast<double>(n_rows_));
  return mean;
}

void normalize(std::span<float> vector, int32_t norm) {
  if (norm < 0) return;
  const double divisor = norm_of(vector, norm);
  if (divisor == 0) return;
  for (float& v : vector) v = static_cast<float>(v / divisor);
}

}  // namespace caracal
