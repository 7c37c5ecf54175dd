#include "weights/q4_1/q4_1.h"

#include <algorithm>

#include "weights/encode_block.h"
#include "weights/pack_tiles.h"

namespace caracal {
namespace {

constexpr int64_t kBlockBytes = 20;

void encode_block(const float* x, std::byte* out) {
  const auto [low, high] = std::minmax_element(x, x + kBlockColumns);
  const float m = *low;
  const float d = (*high - m) / 15.0f;
  const float inverse = inverse_or_zero(d);
  const auto code = [&](float v) { return clamp_code((v - m) * inverse + 0.5f, 15); };
  store_f16(d, out);
  store_f16(m, out + 2);
  for (int i = 0; i < 16; ++i)
    out[4 + i] = static_cast<std::byte>(code(x[i]) | code(x[i + 16]) << 4);
}

void encode_row(const float* x, int64_t n, std::byte* out) {
  for (int64_t i = 0; i < n; i += kBlockColumns, out += kBlockBytes) encode_block(x + i, out);
}

void decode_row(const std::byte* stored, int64_t n, float* out) {
  for (int64_t i = 0; i < n; i += kBlockColumns, stored += kBlockBytes) {
    const float d = load_f16(stored), m = load_f16(stored + 2);
    for (int j = 0; j < 16; ++j) {
      const int byte = std::to_integer<int>(stored[4 + j]);
      out[i + j] = d * static_cast<float>(byte & 15) + m;
      out[i + j + 16] = d * static_cast<float>(byte >> 4) + m;
    }
  }
}

}  // namespace

WeightFormat q4_1_format() {
  using Tiles = BlockTiles<kQ4_1Block.n_halves, kQ4_1Block.code_bytes>;
  static const LinearKernel kernels[] = {
      {"q4_1_ref", {}, ActEncoding::q8_32, 1, nullptr, nullptr, q4_1_linear_ref},
      {"q4_1_avx2", kAvx2Level, ActEncoding::q8_32, kTileRows, Tiles::packed_bytes, Tiles::pack,
       q4_1_linear_avx2()},
  };
  return {TensorType::q4_1, "q4_1", encode_row, decode_row, kernels};
}

}  // namespace caracal
