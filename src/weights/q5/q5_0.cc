#include <cmath>

#include "weights/encode_block.h"
#include "weights/pack_blocks.h"
#include "weights/q5/q5.h"
#include "weights/q5/q5_codes.h"

namespace caracal {
namespace {

/// The scale puts the value of largest magnitude on code 0, which stands for -16.
void fit(const float* x, UnpackedBlock& out) {
  float largest = 0;
  for (int i = 0; i < 32; ++i)
    if (std::fabs(x[i]) > std::fabs(largest)) largest = x[i];
  out.d = largest / -16.0f;
  const float inverse = inverse_or_zero(out.d);
  for (int i = 0; i < 32; ++i)
    out.codes[i] = static_cast<uint8_t>(clamp_code(x[i] * inverse + 16.5f, 31));
}

void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored);
  use_one_scale(out);
  load_q5_codes(stored + 2, out);
}

void store(const UnpackedBlock& block, std::byte* stored) {
  store_f16(block.d, stored);
  store_q5_codes(block, stored + 2);
}

constexpr BlockCodec kCodec = {
    .columns = 32, .bytes = 22, .offset = 16, .fit = fit, .load = load, .store = store};

}  // namespace

WeightFormat q5_0_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("q5_0_ref"),
      tile_kernel<kCodec, kQ5_0Tile>("q5_0_avx2", kAvx2Level, q5_0_linear_avx2()),
      tile_kernel<kCodec, kQ5_0Tile>("q5_0_avxvnni", kAvxVnniLevel, q5_0_linear_avxvnni()),
      tile_kernel<kCodec, kQ5_0Tile>("q5_0_avx512", kAvx512Level, q5_0_linear_avx512()),
      tile_kernel<kCodec, kQ5_0Tile>("q5_0_avx512vnni", kAvx512VnniLevel, q5_0_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::q5_0, "q5_0", kernels);
}

}  // namespace caracal
