#include <cstring>

#include "weights/bit_strips.h"
#include "weights/encode_block.h"
#include "weights/fit_codes.h"
#include "weights/k_quants/k_quants.h"
#include "weights/pack_blocks.h"

namespace caracal {
namespace {

constexpr size_t kLow = 0, kHigh = 128, kScales = 192, kD = 208, kBytes = 210;
using LowBits = BitStrips<4, 64>;
using HighBits = BitStrips<2, 32>;

void fit(const float* x, UnpackedBlock& out) { fit_signed_scales(x, -32, 128, out); }

void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored + kD);
  std::memcpy(out.scales, stored + kScales, 16);
  std::memset(out.mins, 0, 16);
  std::memset(out.codes, 0, 256);
  LowBits::read(stored + kLow, 256, 0, out.codes);
  HighBits::read(stored + kHigh, 256, 4, out.codes);
}

void store(const UnpackedBlock& block, std::byte* stored) {
  LowBits::write(block.codes, 256, 0, stored + kLow);
  HighBits::write(block.codes, 256, 4, stored + kHigh);
  std::memcpy(stored + kScales, block.scales, 16);
  store_f16(block.d, stored + kD);
}

constexpr BlockCodec kCodec = {.columns = 256,
                               .bytes = kBytes,
                               .offset = 32,
                               .fine_scales = true,
                               .fit = fit,
                               .load = load,
                               .store = store};

}  // namespace

WeightFormat q6_k_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("q6_k_ref"),
      tile_kernel<kCodec, kQ6KTile>("q6_k_avx2", kAvx2Level, q6_k_linear_avx2()),
      tile_kernel<kCodec, kQ6KTile>("q6_k_avxvnni", kAvxVnniLevel, q6_k_linear_avxvnni()),
      tile_kernel<kCodec, kQ6KTile>("q6_k_avx512", kAvx512Level, q6_k_linear_avx512()),
      tile_kernel<kCodec, kQ6KTile>("q6_k_avx512vnni", kAvx512VnniLevel, q6_k_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::q6_k, "q6_k", kernels);
}

}  // namespace caracal
