#include <algorithm>

#include "weights/encode_block.h"
#include "weights/pack_blocks.h"
#include "weights/q5/q5.h"
#include "weights/q5/q5_codes.h"

namespace caracal {
namespace {

void fit(const float* x, UnpackedBlock& out) {
  const auto [low, high] = std::minmax_element(x, x + 32);
  const float m = *low;
  out.d = (*high - m) / 31.0f;
  out.dmin = -m;
  const float inverse = inverse_or_zero(out.d);
  for (int i = 0; i < 32; ++i)
    out.codes[i] = static_cast<uint8_t>(clamp_code((x[i] - m) * inverse + 0.5f, 31));
}

/// The stored minimum is added: it is -dmin.
void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored);
  out.dmin = -load_f16(stored + 2);
  use_one_scale(out);
  load_q5_codes(stored + 4, out);
}

void store(const UnpackedBlock& block, std::byte* stored) {
  store_f16(block.d, stored);
  store_f16(-block.dmin, stored + 2);
  store_q5_codes(block, stored + 4);
}

constexpr BlockCodec kCodec = {
    .columns = 32, .bytes = 24, .has_min = true, .fit = fit, .load = load, .store = store};

}  // namespace

WeightFormat q5_1_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("q5_1_ref"),
      tile_kernel<kCodec, kQ5_1Tile>("q5_1_avx2", kAvx2Level, q5_1_linear_avx2()),
      tile_kernel<kCodec, kQ5_1Tile>("q5_1_avxvnni", kAvxVnniLevel, q5_1_linear_avxvnni()),
      tile_kernel<kCodec, kQ5_1Tile>("q5_1_avx512", kAvx512Level, q5_1_linear_avx512()),
      tile_kernel<kCodec, kQ5_1Tile>("q5_1_avx512vnni", kAvx512VnniLevel, q5_1_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::q5_1, "q5_1", kernels);
}

}  // namespace caracal
