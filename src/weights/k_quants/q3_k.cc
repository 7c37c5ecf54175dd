#include <cstring>

#include "weights/bit_strips.h"
#include "weights/encode_block.h"
#include "weights/fit_codes.h"
#include "weights/k_quants/k_quants.h"
#include "weights/pack_blocks.h"

namespace caracal {
namespace {

constexpr size_t kHigh = 0, kLow = 32, kScales = 96, kD = 108, kBytes = 110;
using HighBit = BitStrips<1, 32>;
using LowBits = BitStrips<2, 32>;
// Sixteen 6-bit scales with offset 32: eight bytes of low nibbles, four of upper pairs.
using ScaleLow = BitStrips<4, 8>;
using ScaleHigh = BitStrips<2, 4>;
constexpr size_t kScaleLowBytes = 8;
constexpr int kScaleOffset = 32;

void fit(const float* x, UnpackedBlock& out) { fit_signed_scales(x, -4, kScaleOffset, out); }

void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored + kD);
  uint8_t scales[16] = {};
  ScaleLow::read(stored + kScales, 16, 0, scales);
  ScaleHigh::read(stored + kScales + kScaleLowBytes, 16, 4, scales);
  for (int s = 0; s < 16; ++s) {
    out.scales[s] = static_cast<int8_t>(scales[s] - kScaleOffset);
    out.mins[s] = 0;
  }
  std::memset(out.codes, 0, 256);
  LowBits::read(stored + kLow, 256, 0, out.codes);
  HighBit::read(stored + kHigh, 256, 2, out.codes);
}

void store(const UnpackedBlock& block, std::byte* stored) {
  HighBit::write(block.codes, 256, 2, stored + kHigh);
  LowBits::write(block.codes, 256, 0, stored + kLow);
  uint8_t scales[16];
  for (int s = 0; s < 16; ++s) scales[s] = static_cast<uint8_t>(block.scales[s] + kScaleOffset);
  ScaleLow::write(scales, 16, 0, stored + kScales);
  ScaleHigh::write(scales, 16, 4, stored + kScales + kScaleLowBytes);
  store_f16(block.d, stored + kD);
}

constexpr BlockCodec kCodec = {.columns = 256,
                               .bytes = kBytes,
                               .offset = 4,
                               .fine_scales = true,
                               .fit = fit,
                               .load = load,
                               .store = store};

}  // namespace

WeightFormat q3_k_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("q3_k_ref"),
      tile_kernel<kCodec, kQ3KTile>("q3_k_avx2", kAvx2Level, q3_k_linear_avx2()),
      tile_kernel<kCodec, kQ3KTile>("q3_k_avxvnni", kAvxVnniLevel, q3_k_linear_avxvnni()),
      tile_kernel<kCodec, kQ3KTile>("q3_k_avx512", kAvx512Level, q3_k_linear_avx512()),
      tile_kernel<kCodec, kQ3KTile>("q3_k_avx512vnni", kAvx512VnniLevel, q3_k_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::q3_k, "q3_k", kernels);
}

}  // namespace caracal
