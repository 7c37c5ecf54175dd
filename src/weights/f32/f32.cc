#include "weights/f32/f32.h"

#include <cstring>

#include "weights/pack_tiles.h"

namespace caracal {
namespace {

void encode_row(const float* x, int64_t n, std::byte* out) {
  std::memcpy(out, x, static_cast<size_t>(n) * sizeof(float));
}

void decode_row(const std::byte* stored, int64_t n, float* out) {
  std::memcpy(out, stored, static_cast<size_t>(n) * sizeof(float));
}

}  // namespace

WeightFormat f32_format() {
  using Tiles = FloatTiles<4, 1>;
  static const LinearKernel kernels[] = {
      {"f32_ref", {}, ActEncoding::f32, 1, nullptr, nullptr, {f32_linear_ref}},
      {"f32_avx2", kAvx2Level, ActEncoding::f32, kTileRows, Tiles::packed_bytes, Tiles::pack,
       f32_linear_avx2()},
      {"f32_avx512", kAvx512Level, ActEncoding::f32, kTileRows, Tiles::packed_bytes, Tiles::pack,
       f32_linear_avx512()},
  };
  return {TensorType::f32, "f32", encode_row, decode_row, kernels};
}

}  // namespace caracal
