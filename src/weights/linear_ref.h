#pragma once
/// What the scalar reference kernels share. They read the stored bytes as they are.
#include <cmath>
#include <cstring>

#include "base/float16.h"
#include "spec/acts.h"
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

/// One group of 32 encoded activations.
struct ActGroup {
  const int8_t* codes;
  float scale;
  int32_t sum;  ///< of the codes
};

/// Block formats: blocks ascending, acc = add_block(stored block, activation group, acc).
template <size_t kBlockBytes, class AddBlock>
void block_linear_ref(const LinearArgs& a, AddBlock add_block) {
  const int64_t n_blocks = a.n_in / kActGroup;
  for_each_output(a, static_cast<size_t>(n_blocks) * kBlockBytes,
                  [&](const std::byte* w, const std::byte* x) {
                    const auto* codes = reinterpret_cast<const int8_t*>(x);
                    const float* scales = q8_scales(x, a.n_in);
                    const int32_t* sums = q8_sums(x, a.n_in);
                    float acc = 0;
                    for (int64_t b = 0; b < n_blocks; ++b, w += kBlockBytes, codes += kActGroup)
                      acc = add_block(w, ActGroup{codes, scales[b], sums[b]}, acc);
                    return acc;
                  });
}

/// Sum of unsigned 4-bit codes times activation codes; byte i holds columns i and i + 16.
inline int32_t dot_nibbles(const std::byte* packed, const int8_t* acts) {
  int32_t sum = 0;
  for (int i = 0; i < 16; ++i) {
    const int byte = std::to_integer<int>(packed[i]);
    sum += (byte & 15) * acts[i] + (byte >> 4) * acts[i + 16];
  }
  return sum;
}

}  // namespace caracal
