#include "weights/q4_1/q4_1.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "weights/bit_strips.h"
#include "weights/encode_block.h"
#include "weights/pack_blocks.h"

namespace caracal {
namespace {

using Codes = BitStrips<4, 16>;

/// The minimum is stored as it is and added: dmin is its negative.
void fit(const float* x, UnpackedBlock& out) {
  const auto [low, high] = std::minmax_element(x, x + 32);
  const float m = *low;
  out.d = (*high - m) / 15.0f;
  out.dmin = -m;
  const float inverse = inverse_or_zero(out.d);
  for (int i = 0; i < 32; ++i)
    out.codes[i] = static_cast<uint8_t>(clamp_code((x[i] - m) * inverse + 0.5f, 15));
}

void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored);
  out.dmin = -load_f16(stored + 2);
  use_one_scale(out);
  std::memset(out.codes, 0, 32);
  Codes::read(stored + 4, 32, 0, out.codes);
}

void store(const UnpackedBlock& block, std::byte* stored) {
  store_f16(block.d, stored);
  store_f16(-block.dmin, stored + 2);
  Codes::write(block.codes, 32, 0, stored + 4);
}

constexpr BlockCodec kCodec = {.columns = 32,
                               .bytes = 20,
                               .has_min = true,
                               .fit = fit,
                               .load = load,
                               .store = store,
                               .stored_as_lines = true};

}  // namespace

WeightFormat q4_1_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("q4_1_ref"),
      tile_kernel<kCodec, kQ4_1Tile>("q4_1_avx2", kAvx2Level, q4_1_linear_avx2()),
      tile_kernel<kCodec, kQ4_1Tile>("q4_1_avxvnni", kAvxVnniLevel, q4_1_linear_avxvnni()),
      tile_kernel<kCodec, kQ4_1Tile>("q4_1_avx512", kAvx512Level, q4_1_linear_avx512()),
      tile_kernel<kCodec, kQ4_1Tile>("q4_1_avx512vnni", kAvx512VnniLevel, q4_1_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::q4_1, "q4_1", kernels);
}

}  // namespace caracal
