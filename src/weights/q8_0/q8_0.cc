#include "weights/q8_0/q8_0.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "weights/bit_strips.h"
#include "weights/encode_block.h"
#include "weights/pack_blocks.h"

namespace caracal {
namespace {

constexpr int kOffset = 128;

void fit(const float* x, UnpackedBlock& out) {
  float largest = 0;
  for (int i = 0; i < 32; ++i) largest = std::max(largest, std::fabs(x[i]));
  out.d = largest / 127.0f;
  const float inverse = inverse_or_zero(out.d);
  for (int i = 0; i < 32; ++i) {
    const int magnitude = clamp_code(double{std::fabs(x[i] * inverse)} + 0.5, 127);
    out.codes[i] = static_cast<uint8_t>(kOffset + (x[i] < 0 ? -magnitude : magnitude));
  }
}

/// Stored bytes are signed, codes are not.
void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored);
  use_one_scale(out);
  for (int i = 0; i < 32; ++i) out.codes[i] = std::to_integer<uint8_t>(stored[2 + i]) ^ kOffset;
}

void store(const UnpackedBlock& block, std::byte* stored) {
  store_f16(block.d, stored);
  for (int i = 0; i < 32; ++i) stored[2 + i] = static_cast<std::byte>(block.codes[i] ^ kOffset);
}

constexpr BlockCodec kCodec = {.columns = 32,
                               .bytes = 34,
                               .offset = kOffset,
                               .fit = fit,
                               .load = load,
                               .store = store,
                               .stored_as_lines = true,
                               .line_flip = 0x80808080u};

}  // namespace

WeightFormat q8_0_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("q8_0_ref"),
      tile_kernel<kCodec, kQ8_0Tile>("q8_0_avx2", kAvx2Level, q8_0_linear_avx2()),
      tile_kernel<kCodec, kQ8_0Tile>("q8_0_avxvnni", kAvxVnniLevel, q8_0_linear_avxvnni()),
      tile_kernel<kCodec, kQ8_0Tile>("q8_0_avx512", kAvx512Level, q8_0_linear_avx512()),
      tile_kernel<kCodec, kQ8_0Tile>("q8_0_avx512vnni", kAvx512VnniLevel, q8_0_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::q8_0, "q8_0", kernels);
}

}  // namespace caracal
