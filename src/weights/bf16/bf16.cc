#include "weights/bf16/bf16.h"

#include <cstring>

#include "base/float16.h"
#include "weights/pack_tiles.h"

namespace caracal {
namespace {

void encode_row(const float* x, int64_t n, std::byte* out) {
  for (int64_t i = 0; i < n; ++i) {
    const uint16_t bits = f32_to_bf16(x[i]);
    std::memcpy(out + 2 * i, &bits, 2);
  }
}

void decode_row(const std::byte* stored, int64_t n, float* out) {
  for (int64_t i = 0; i < n; ++i) {
    uint16_t bits;
    std::memcpy(&bits, stored + 2 * i, 2);
    out[i] = bf16_to_f32(bits);
  }
}

}  // namespace

WeightFormat bf16_format() {
  using Tiles = FloatTiles<2, 2>;
  static const LinearKernel kernels[] = {
      {"bf16_ref", {}, ActEncoding::f32, 1, nullptr, nullptr, {bf16_linear_ref}},
      {"bf16_avx2", kAvx2Level, ActEncoding::f32, kTileRows, Tiles::packed_bytes, Tiles::pack,
       bf16_linear_avx2()},
      {"bf16_avx512", kAvx512Level, ActEncoding::f32, kTileRows, Tiles::packed_bytes, Tiles::pack,
       bf16_linear_avx512()},
  };
  return {TensorType::bf16, "bf16", encode_row, decode_row, kernels};
}

}  // namespace caracal
