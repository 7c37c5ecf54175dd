#pragma once
/// What the conformance tests of weight formats share. For *_test.cc files only.
#include <cstring>
#include <ostream>
#include <random>
#include <vector>

#include "base/aligned_buffer.h"
#include "kernels/small_kernels.h"
#include "weights/weight_format.h"

namespace caracal {

inline void PrintTo(const WeightFormat& format, std::ostream* os) { *os << format.name; }

inline std::vector<float> random_floats(int64_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> value;
  std::vector<float> x(static_cast<size_t>(n));
  for (float& v : x) v = value(random);
  return x;
}

inline const TensorTypeInfo& type_of(const WeightFormat& format) {
  return *tensor_type_info(format.type);
}

inline size_t row_bytes(const WeightFormat& format, int64_t n_in) {
  const TensorTypeInfo& type = type_of(format);
  return static_cast<size_t>(n_in / type.block_elements * type.block_bytes);
}

inline bool fits(const WeightFormat& format, int64_t n_in) {
  return n_in % type_of(format).block_elements == 0;
}

/// A stored matrix and encoded activations of one shape.
struct WeightProblem {
  const WeightFormat& format;
  int64_t n_out, n_in, rows;
  size_t acts_stride;
  std::vector<std::byte> stored;
  AlignedBuffer acts;

  WeightProblem(const WeightFormat& f, int64_t n_out_, int64_t n_in_, int64_t rows_, uint32_t seed)
      : format(f), n_out(n_out_), n_in(n_in_), rows(rows_) {
    const ActEncoding encoding = f.kernels.front().acts;
    const auto w = random_floats(n_out * n_in, seed), x = random_floats(rows * n_in, seed + 1);
    stored.resize(static_cast<size_t>(n_out) * row_bytes(f, n_in));
    f.encode_row(w.data(), n_out * n_in, stored.data());
    acts_stride = act_row_bytes(encoding, n_in) + 4;  // rows off their usual alignment
    acts = AlignedBuffer(static_cast<size_t>(rows) * acts_stride);
    for (int64_t r = 0; r < rows; ++r) set_acts(r, x.data() + r * n_in);
  }

  void set_acts(int64_t r, const float* x) {
    if (format.kernels.front().acts == ActEncoding::f32)
      std::memcpy(act_row(r), x, static_cast<size_t>(n_in) * sizeof(float));
    else
      small_kernels({}).quantize_q8_32(x, n_in, 0, n_in, act_row(r));
  }
  std::byte* act_row(int64_t r) const { return acts.data() + static_cast<size_t>(r) * acts_stride; }
  WeightBlob blob() const { return {.n_out = n_out, .n_in = n_in, .codes = stored}; }
};

}  // namespace caracal
