#include <cstring>

#include "weights/bit_strips.h"
#include "weights/encode_block.h"
#include "weights/fit_codes.h"
#include "weights/k_quants/k_quants.h"
#include "weights/pack_blocks.h"

namespace caracal {
namespace {

constexpr size_t kScales = 0, kCodes = 16, kD = 80, kDmin = 82, kBytes = 84;
using Codes = BitStrips<2, 32>;

void fit(const float* x, UnpackedBlock& out) { fit_scaled_mins(x, 16, 3, 15, out); }

void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored + kD);
  out.dmin = load_f16(stored + kDmin);
  for (int s = 0; s < 16; ++s) {
    const int byte = std::to_integer<int>(stored[kScales + static_cast<size_t>(s)]);
    out.scales[s] = static_cast<int8_t>(byte & 15);
    out.mins[s] = static_cast<int8_t>(byte >> 4);
  }
  std::memset(out.codes, 0, 256);
  Codes::read(stored + kCodes, 256, 0, out.codes);
}

void store(const UnpackedBlock& block, std::byte* stored) {
  for (int s = 0; s < 16; ++s)
    stored[kScales + static_cast<size_t>(s)] =
        static_cast<std::byte>(block.scales[s] | block.mins[s] << 4);
  Codes::write(block.codes, 256, 0, stored + kCodes);
  store_f16(block.d, stored + kD);
  store_f16(block.dmin, stored + kDmin);
}

constexpr BlockCodec kCodec = {.columns = 256,
                               .bytes = kBytes,
                               .has_min = true,
                               .fine_scales = true,
                               .fit = fit,
                               .load = load,
                               .store = store};

}  // namespace

WeightFormat q2_k_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("q2_k_ref"),
      tile_kernel<kCodec, kQ2KTile>("q2_k_avx2", kAvx2Level, q2_k_linear_avx2()),
      tile_kernel<kCodec, kQ2KTile>("q2_k_avxvnni", kAvxVnniLevel, q2_k_linear_avxvnni()),
      tile_kernel<kCodec, kQ2KTile>("q2_k_avx512", kAvx512Level, q2_k_linear_avx512()),
      tile_kernel<kCodec, kQ2KTile>("q2_k_avx512vnni", kAvx512VnniLevel, q2_k_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::q2_k, "q2_k", kernels);
}

}  // namespace caracal
