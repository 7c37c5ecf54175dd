#include <cstring>

#include "weights/bit_strips.h"
#include "weights/encode_block.h"
#include "weights/fit_codes.h"
#include "weights/iq4/iq4.h"
#include "weights/pack_blocks.h"

namespace caracal {
namespace {

constexpr CodeBook kBook(kIq4Values);
constexpr size_t kD = 0, kScaleHigh = 2, kScaleLow = 4, kCodes = 8, kBytes = 136;
constexpr int kScaleOffset = 32;
using Codes = BitStrips<4, 16>;
// Eight scales in a row: the strips are one byte wide.
using ScaleHigh = BitStrips<2, 1>;
using ScaleLow = BitStrips<4, 1>;

void fit(const float* x, UnpackedBlock& out) { fit_book_scales(x, kBook, kScaleOffset, out); }

void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored + kD);
  uint8_t scales[8] = {};
  ScaleLow::read(stored + kScaleLow, 8, 0, scales);
  ScaleHigh::read(stored + kScaleHigh, 8, 4, scales);
  for (int s = 0; s < 16; ++s) {
    out.scales[s] = static_cast<int8_t>(scales[s / 2] - kScaleOffset);
    out.mins[s] = 0;
  }
  std::memset(out.codes, 0, 256);
  Codes::read(stored + kCodes, 256, 0, out.codes);
}

void store(const UnpackedBlock& block, std::byte* stored) {
  store_f16(block.d, stored + kD);
  uint8_t scales[8];
  for (int s = 0; s < 8; ++s) scales[s] = static_cast<uint8_t>(block.scales[2 * s] + kScaleOffset);
  ScaleLow::write(scales, 8, 0, stored + kScaleLow);
  ScaleHigh::write(scales, 8, 4, stored + kScaleHigh);
  Codes::write(block.codes, 256, 0, stored + kCodes);
}

constexpr BlockCodec kCodec = {
    .columns = 256, .bytes = kBytes, .book = kIq4Values, .fit = fit, .load = load, .store = store};

}  // namespace

WeightFormat iq4_xs_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("iq4_xs_ref"),
      tile_kernel<kCodec, kIq4XsTile>("iq4_xs_avx2", kAvx2Level, iq4_xs_linear_avx2()),
      tile_kernel<kCodec, kIq4XsTile>("iq4_xs_avxvnni", kAvxVnniLevel, iq4_xs_linear_avxvnni()),
      tile_kernel<kCodec, kIq4XsTile>("iq4_xs_avx512", kAvx512Level, iq4_xs_linear_avx512()),
      tile_kernel<kCodec, kIq4XsTile>("iq4_xs_avx512vnni", kAvx512VnniLevel,
                                      iq4_xs_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::iq4_xs, "iq4_xs", kernels);
}

}  // namespace caracal
