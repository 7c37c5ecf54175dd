#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "spec/pooling.h"

namespace caracal {

/// Makes the embedding of one text out of the hidden states of its tokens, which come in order, in
/// one step or in several.
class TextPooler {
 public:
  TextPooler(Pooling pooling, int32_t d_model);

  /// The next hidden state whose row the pooling reads: every token's for none and mean, the first
  /// or last one's for cls and last.
  void add(std::span<const float> row);

  /// [d_model]; with Pooling::none [n_rows, d_model].
  std::vector<float> finish() const;

 private:
  Pooling pooling_;
  int64_t n_rows_ = 0;
  std::vector<float> rows_;   // none, cls, last
  std::vector<double> sums_;  // mean
};

/// Divides a vector by a norm of it, as llama.cpp's --embd-normalize counts them: -1 leaves it as
/// it is, 0 makes its largest magnitude 32760, 1 is the taxicab norm, 2 the Euclidean one, p the
/// p-norm. A vector of zeros stays one.
void normalize(std::span<float> vector, int32_t norm);

}  // namespace caracal
