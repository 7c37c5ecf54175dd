#pragma once
#include <algorithm>
#include <cmath>

#include "weights/block_codec.h"
#include "weights/encode_block.h"

namespace caracal {

/// The scale is the largest magnitude, so that weights which are ternary already stay what they
/// are; other values go to the nearest of -d, 0, d, halves away from zero.
inline void fit_ternary(const float* x, UnpackedBlock& out) {
  float largest = 0;
  for (int i = 0; i < 256; ++i) largest = std::max(largest, std::fabs(x[i]));
  out.d = largest;
  const float inverse = inverse_or_zero(largest);
  for (int i = 0; i < 256; ++i) {
    const float ratio = x[i] * inverse;
    out.codes[i] = static_cast<uint8_t>(std::fabs(ratio) < 0.5f ? 1 : ratio < 0 ? 0 : 2);
  }
}

}  // namespace caracal
