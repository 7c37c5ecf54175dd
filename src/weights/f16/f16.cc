#include "weights/f16/f16.h"

#include <cstring>

#include "base/float16.h"
#include "weights/pack_tiles.h"

namespace caracal {
namespace {

void encode_row(const float* x, int64_t n, std::byte* out) {
  for (int64_t i = 0; i < n; ++i) {
    const uint16_t bits = f32_to_f16(x[i]);
    std::memcpy(out + 2 * i, &bits, 2);
  }
}

void decode_row(const std::byte* stored, int64_t n, float* out) {
  for (int64_t i = 0; i < n; ++i) {
    uint16_t bits;
    std::memcpy(&bits, stored + 2 * i, 2);
    out[i] = f16_to_f32(bits);
  }
}

}  // namespace

WeightFormat f16_format() {
  using Tiles = FloatTiles<2, 1>;
  static const LinearKernel kernels[] = {
      {"f16_ref", {}, ActEncoding::f32, 1, nullptr, nullptr, {f16_linear_ref}},
      {"f16_avx2", kAvx2Level, ActEncoding::f32, kTileRows, Tiles::packed_bytes, Tiles::pack,
       f16_linear_avx2()},
      {"f16_avx512", kAvx512Level, ActEncoding::f32, kTileRows, Tiles::packed_bytes, Tiles::pack,
       f16_linear_avx512()},
  };
  return {TensorType::f16, "f16", encode_row, decode_row, kernels};
}

}  // namespace caracal
