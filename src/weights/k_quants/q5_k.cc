#include <cstring>

#include "weights/bit_strips.h"
#include "weights/encode_block.h"
#include "weights/fit_codes.h"
#include "weights/k_quants/k_quants.h"
#include "weights/k_quants/scales_6bit.h"
#include "weights/pack_blocks.h"

namespace caracal {
namespace {

constexpr size_t kD = 0, kDmin = 2, kScales = 4, kHigh = kScales + kScales6BitBytes,
                 kLow = kHigh + 32, kBytes = 176;
using HighBit = BitStrips<1, 32>;
using LowBits = BitStrips<4, 32>;

void fit(const float* x, UnpackedBlock& out) { fit_scaled_mins(x, 32, 31, 63, out); }

void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored + kD);
  out.dmin = load_f16(stored + kDmin);
  load_scales_6bit(stored + kScales, out);
  std::memset(out.codes, 0, 256);
  LowBits::read(stored + kLow, 256, 0, out.codes);
  HighBit::read(stored + kHigh, 256, 4, out.codes);
}

void store(const UnpackedBlock& block, std::byte* stored) {
  store_f16(block.d, stored + kD);
  store_f16(block.dmin, stored + kDmin);
  store_scales_6bit(block, stored + kScales);
  HighBit::write(block.codes, 256, 4, stored + kHigh);
  LowBits::write(block.codes, 256, 0, stored + kLow);
}

constexpr BlockCodec kCodec = {
    .columns = 256, .bytes = kBytes, .has_min = true, .fit = fit, .load = load, .store = store};

}  // namespace

WeightFormat q5_k_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("q5_k_ref"),
      tile_kernel<kCodec, kQ5KTile>("q5_k_avx2", kAvx2Level, q5_k_linear_avx2()),
      tile_kernel<kCodec, kQ5KTile>("q5_k_avxvnni", kAvxVnniLevel, q5_k_linear_avxvnni()),
      tile_kernel<kCodec, kQ5KTile>("q5_k_avx512", kAvx512Level, q5_k_linear_avx512()),
      tile_kernel<kCodec, kQ5KTile>("q5_k_avx512vnni", kAvx512VnniLevel, q5_k_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::q5_k, "q5_k", kernels);
}

}  // namespace caracal
