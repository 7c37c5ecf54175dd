#include <cstring>

#include "weights/bit_strips.h"
#include "weights/encode_block.h"
#include "weights/fit_codes.h"
#include "weights/k_quants/k_quants.h"
#include "weights/k_quants/scales_6bit.h"
#include "weights/pack_blocks.h"

namespace caracal {
namespace {

constexpr size_t kD = 0, kDmin = 2, kScales = 4, kCodes = kScales + kScales6BitBytes, kBytes = 144;
using Codes = BitStrips<4, 32>;

void fit(const float* x, UnpackedBlock& out) { fit_scaled_mins(x, 32, 15, 63, out); }

void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored + kD);
  out.dmin = load_f16(stored + kDmin);
  load_scales_6bit(stored + kScales, out);
  std::memset(out.codes, 0, 256);
  Codes::read(stored + kCodes, 256, 0, out.codes);
}

void store(const UnpackedBlock& block, std::byte* stored) {
  store_f16(block.d, stored + kD);
  store_f16(block.dmin, stored + kDmin);
  store_scales_6bit(block, stored + kScales);
  Codes::write(block.codes, 256, 0, stored + kCodes);
}

constexpr BlockCodec kCodec = {
    .columns = 256, .bytes = kBytes, .has_min = true, .fit = fit, .load = load, .store = store};

}  // namespace

WeightFormat q4_k_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("q4_k_ref"),
      tile_kernel<kCodec, kQ4KTile>("q4_k_avx2", kAvx2Level, q4_k_linear_avx2()),
      tile_kernel<kCodec, kQ4KTile>("q4_k_avxvnni", kAvxVnniLevel, q4_k_linear_avxvnni()),
      tile_kernel<kCodec, kQ4KTile>("q4_k_avx512", kAvx512Level, q4_k_linear_avx512()),
      tile_kernel<kCodec, kQ4KTile>("q4_k_avx512vnni", kAvx512VnniLevel, q4_k_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::q4_k, "q4_k", kernels);
}

}  // namespace caracal
