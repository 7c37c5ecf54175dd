#include "weights/q8_0/q8_0.h"

#include <algorithm>
#include <cmath>

#include "weights/encode_block.h"
#include "weights/pack_tiles.h"

namespace caracal {
namespace {

constexpr int64_t kBlockBytes = 34;

void encode_block(const float* x, std::byte* out) {
  float largest = 0;
  for (int i = 0; i < kBlockColumns; ++i) largest = std::max(largest, std::fabs(x[i]));
  const float d = largest / 127.0f;
  const float inverse = inverse_or_zero(d);
  store_f16(d, out);
  for (int i = 0; i < kBlockColumns; ++i) {
    const int magnitude = clamp_code(double{std::fabs(x[i] * inverse)} + 0.5, 127);
    out[2 + i] = static_cast<std::byte>(x[i] < 0 ? -magnitude : magnitude);
  }
}

void encode_row(const float* x, int64_t n, std::byte* out) {
  for (int64_t i = 0; i < n; i += kBlockColumns, out += kBlockBytes) encode_block(x + i, out);
}

void decode_row(const std::byte* stored, int64_t n, float* out) {
  for (int64_t i = 0; i < n; i += kBlockColumns, stored += kBlockBytes) {
    const float d = load_f16(stored);
    const auto* codes = reinterpret_cast<const int8_t*>(stored + 2);
    for (int j = 0; j < kBlockColumns; ++j) out[i + j] = d * codes[j];
  }
}

}  // namespace

WeightFormat q8_0_format() {
  using Tiles = BlockTiles<kQ8_0Block.n_halves, kQ8_0Block.code_bytes>;
  static const LinearKernel kernels[] = {
      {"q8_0_ref", {}, ActEncoding::q8_32, 1, nullptr, nullptr, q8_0_linear_ref},
      {"q8_0_avx2", kAvx2Level, ActEncoding::q8_32, kTileRows, Tiles::packed_bytes, Tiles::pack,
       q8_0_linear_avx2()},
  };
  return {TensorType::q8_0, "q8_0", encode_row, decode_row, kernels};
}

}  // namespace caracal
