#include "weights/q4_0/q4_0.h"

#include <cmath>

#include "weights/encode_block.h"
#include "weights/pack_tiles.h"

namespace caracal {
namespace {

constexpr int64_t kBlockBytes = 18;

/// The scale puts the value of largest magnitude on code 0, which stands for -8.
void encode_block(const float* x, std::byte* out) {
  float largest = 0;
  for (int i = 0; i < kBlockColumns; ++i)
    if (std::fabs(x[i]) > std::fabs(largest)) largest = x[i];
  const float d = largest / -8.0f;
  const float inverse = inverse_or_zero(d);
  const auto code = [&](float v) { return clamp_code(v * inverse + 8.5f, 15); };
  store_f16(d, out);
  for (int i = 0; i < 16; ++i)
    out[2 + i] = static_cast<std::byte>(code(x[i]) | code(x[i + 16]) << 4);
}

void encode_row(const float* x, int64_t n, std::byte* out) {
  for (int64_t i = 0; i < n; i += kBlockColumns, out += kBlockBytes) encode_block(x + i, out);
}

void decode_row(const std::byte* stored, int64_t n, float* out) {
  for (int64_t i = 0; i < n; i += kBlockColumns, stored += kBlockBytes) {
    const float d = load_f16(stored);
    for (int j = 0; j < 16; ++j) {
      const int byte = std::to_integer<int>(stored[2 + j]);
      out[i + j] = d * static_cast<float>((byte & 15) - 8);
      out[i + j + 16] = d * static_cast<float>((byte >> 4) - 8);
    }
  }
}

}  // namespace

WeightFormat q4_0_format() {
  using Tiles = BlockTiles<kQ4_0Block.n_halves, kQ4_0Block.code_bytes>;
  static const LinearKernel kernels[] = {
      {"q4_0_ref", {}, ActEncoding::q8_32, 1, nullptr, nullptr, q4_0_linear_ref},
      {"q4_0_avx2", kAvx2Level, ActEncoding::q8_32, kTileRows, Tiles::packed_bytes, Tiles::pack,
       q4_0_linear_avx2()},
  };
  return {TensorType::q4_0, "q4_0", encode_row, decode_row, kernels};
}

}  // namespace caracal
