#include "weights/mxfp4/mxfp4.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "weights/bit_strips.h"
#include "weights/pack_blocks.h"

namespace caracal {
namespace {

using Codes = BitStrips<4, 16>;
constexpr int kExponentBias = 128;   // 127, and one for the doubled table
constexpr int kLargestExponent = 2;  // of an E2M1 value: 6 = 1.5 * 2^2

/// The shared exponent is that of the largest magnitude less E2M1's largest (OCP Microscaling
/// Formats v1.0, sec. 6.3); values beyond 6 units saturate, ties go to the smaller magnitude.
void fit(const float* x, UnpackedBlock& out) {
  float largest = 0;
  for (int i = 0; i < 32; ++i) largest = std::max(largest, std::fabs(x[i]));
  const int exponent = largest > 0 ? std::ilogb(largest) - kLargestExponent - 1 : -kExponentBias;
  out.d = std::ldexp(1.0f, std::max(exponent, -kExponentBias));
  for (int i = 0; i < 32; ++i) {
    const auto error = [&](int code) {
      return std::fabs(out.d * static_cast<float>(kMxfp4Values[code]) - x[i]);
    };
    int best = 0;
    for (int code = 1; code < 16; ++code)
      if (error(code) < error(best)) best = code;
    out.codes[i] = static_cast<uint8_t>(best);
  }
}

void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = std::ldexp(1.0f, std::to_integer<int>(stored[0]) - kExponentBias);
  use_one_scale(out);
  std::memset(out.codes, 0, 32);
  Codes::read(stored + 1, 32, 0, out.codes);
}

void store(const UnpackedBlock& block, std::byte* stored) {
  stored[0] = static_cast<std::byte>(std::ilogb(block.d) + kExponentBias);
  Codes::write(block.codes, 32, 0, stored + 1);
}

constexpr BlockCodec kCodec = {
    .columns = 32, .bytes = 17, .book = kMxfp4Values, .fit = fit, .load = load, .store = store};

}  // namespace

WeightFormat mxfp4_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("mxfp4_ref"),
      tile_kernel<kCodec, kMxfp4Tile>("mxfp4_avx2", kAvx2Level, mxfp4_linear_avx2()),
      tile_kernel<kCodec, kMxfp4Tile>("mxfp4_avxvnni", kAvxVnniLevel, mxfp4_linear_avxvnni()),
      tile_kernel<kCodec, kMxfp4Tile>("mxfp4_avx512", kAvx512Level, mxfp4_linear_avx512()),
      tile_kernel<kCodec, kMxfp4Tile>("mxfp4_avx512vnni", kAvx512VnniLevel,
                                      mxfp4_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::mxfp4, "mxfp4", kernels);
}

}  // namespace caracal
