#include "weights/q4_0/q4_0.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "weights/bit_strips.h"
#include "weights/encode_block.h"
#include "weights/pack_blocks.h"

namespace caracal {
namespace {

using Codes = BitStrips<4, 16>;

/// The scale puts the value of largest magnitude on code 0, which stands for -8.
void fit(const float* x, UnpackedBlock& out) {
  float largest = 0;
  for (int i = 0; i < 32; ++i)
    if (std::fabs(x[i]) > std::fabs(largest)) largest = x[i];
  out.d = largest / -8.0f;
  const float inverse = inverse_or_zero(out.d);
  for (int i = 0; i < 32; ++i)
    out.codes[i] = static_cast<uint8_t>(clamp_code(x[i] * inverse + 8.5f, 15));
}

void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored);
  use_one_scale(out);
  std::memset(out.codes, 0, 32);
  Codes::read(stored + 2, 32, 0, out.codes);
}

void store(const UnpackedBlock& block, std::byte* stored) {
  store_f16(block.d, stored);
  Codes::write(block.codes, 32, 0, stored + 2);
}

constexpr BlockCodec kCodec = {.columns = 32,
                               .bytes = 18,
                               .offset = 8,
                               .fit = fit,
                               .load = load,
                               .store = store,
                               .stored_as_lines = true};

}  // namespace

WeightFormat q4_0_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("q4_0_ref"),
      tile_kernel<kCodec, kQ4_0Tile>("q4_0_avx2", kAvx2Level, q4_0_linear_avx2()),
      tile_kernel<kCodec, kQ4_0Tile>("q4_0_avxvnni", kAvxVnniLevel, q4_0_linear_avxvnni()),
      tile_kernel<kCodec, kQ4_0Tile>("q4_0_avx512", kAvx512Level, q4_0_linear_avx512()),
      tile_kernel<kCodec, kQ4_0Tile>("q4_0_avx512vnni", kAvx512VnniLevel, q4_0_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::q4_0, "q4_0", kernels);
}

}  // namespace caracal
