#include <cstring>

#include "weights/bit_strips.h"
#include "weights/pack_blocks.h"
#include "weights/ternary/fit_ternary.h"
#include "weights/ternary/ternary.h"

namespace caracal {
namespace {

constexpr size_t kD = 64;
using Codes = BitStrips<2, 32>;

void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored + kD);
  use_one_scale(out);
  std::memset(out.codes, 0, 256);
  Codes::read(stored, 256, 0, out.codes);
}

void store(const UnpackedBlock& block, std::byte* stored) {
  Codes::write(block.codes, 256, 0, stored);
  store_f16(block.d, stored + kD);
}

constexpr BlockCodec kCodec = {
    .columns = 256, .bytes = 66, .offset = 1, .fit = fit_ternary, .load = load, .store = store};

}  // namespace

WeightFormat tq2_0_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("tq2_0_ref"),
      tile_kernel<kCodec, kTernaryTile>("tq2_0_avx2", kAvx2Level, ternary_linear_avx2()),
      tile_kernel<kCodec, kTernaryTile>("tq2_0_avxvnni", kAvxVnniLevel, ternary_linear_avxvnni()),
      tile_kernel<kCodec, kTernaryTile>("tq2_0_avx512", kAvx512Level, ternary_linear_avx512()),
      tile_kernel<kCodec, kTernaryTile>("tq2_0_avx512vnni", kAvx512VnniLevel,
                                        ternary_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::tq2_0, "tq2_0", kernels);
}

}  // namespace caracal
