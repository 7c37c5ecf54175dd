#pragma once
/// The scalar reference kernel of float formats. It reads the stored bytes as they are.
#include <cmath>
#include <cstring>

#include "base/float16.h"
#include "weights/linear_args.h"

namespace caracal {

inline uint16_t load_u16(const std::byte* p) {
  uint16_t v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

inline float load_f32(const std::byte* p) {
  float v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

/// out[r, c] = dot(stored row c, activation row r).
template <class Dot>
void for_each_output(const LinearArgs& a, size_t weight_row_bytes, Dot dot) {
  for (int64_t r = a.row_begin; r < a.row_end; ++r)
    for (int64_t c = a.col_begin; c < a.col_end; ++c)
      a.out[r * a.out_stride + c] = dot(a.weights + static_cast<size_t>(c) * weight_row_bytes,
                                        a.acts + static_cast<size_t>(r) * a.acts_stride);
}

/// Float formats: one accumulator, k ascending. load(stored element) gives its float.
template <size_t kElementBytes, class Load>
void float_linear_ref(const LinearArgs& a, Load load) {
  for_each_output(a, static_cast<size_t>(a.n_in) * kElementBytes,
                  [&](const std::byte* w, const std::byte* x) {
                    float acc = 0;
                    for (int64_t k = 0; k < a.n_in; ++k, w += kElementBytes, x += sizeof(float))
                      acc = std::fma(load(w), load_f32(x), acc);
                    return acc;
                  });
}

}  // namespace caracal
