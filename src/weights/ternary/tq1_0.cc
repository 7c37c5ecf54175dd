#include "weights/pack_blocks.h"
#include "weights/ternary/fit_ternary.h"
#include "weights/ternary/ternary.h"

namespace caracal {
namespace {

constexpr size_t kD = 52;

/// A strip of `width` bytes with `digits` codes each; digit f of byte i is column f * width + i.
struct DigitStrip {
  int first_byte, first_column, width, digits;
};
constexpr DigitStrip kStrips[] = {{0, 0, 32, 5}, {32, 160, 16, 5}, {48, 240, 4, 4}};

void load(const std::byte* stored, UnpackedBlock& out) {
  out.d = load_f16(stored + kD);
  use_one_scale(out);
  for (const DigitStrip& strip : kStrips)
    for (int i = 0; i < strip.width; ++i) {
      int fraction = std::to_integer<int>(stored[strip.first_byte + i]);
      for (int f = 0; f < strip.digits; ++f) {
        fraction *= 3;
        out.codes[strip.first_column + f * strip.width + i] = static_cast<uint8_t>(fraction >> 8);
        fraction &= 255;
      }
    }
}

void store(const UnpackedBlock& block, std::byte* stored) {
  constexpr int kDenominator = 243;  // 3^5; a byte of four digits has a last digit of 0
  for (const DigitStrip& strip : kStrips)
    for (int i = 0; i < strip.width; ++i) {
      int number = 0;
      for (int f = 0; f < 5; ++f)
        number = 3 * number +
                 (f < strip.digits ? block.codes[strip.first_column + f * strip.width + i] : 0);
      stored[strip.first_byte + i] =
          static_cast<std::byte>((number * 256 + kDenominator - 1) / kDenominator);
    }
  store_f16(block.d, stored + kD);
}

constexpr BlockCodec kCodec = {
    .columns = 256, .bytes = 54, .offset = 1, .fit = fit_ternary, .load = load, .store = store};

}  // namespace

WeightFormat tq1_0_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("tq1_0_ref"),
      tile_kernel<kCodec, kTernaryTile>("tq1_0_avx2", kAvx2Level, ternary_linear_avx2()),
      tile_kernel<kCodec, kTernaryTile>("tq1_0_avxvnni", kAvxVnniLevel, ternary_linear_avxvnni()),
      tile_kernel<kCodec, kTernaryTile>("tq1_0_avx512", kAvx512Level, ternary_linear_avx512()),
      tile_kernel<kCodec, kTernaryTile>("tq1_0_avx512vnni", kAvx512VnniLevel,
                                        ternary_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::tq1_0, "tq1_0", kernels);
}

}  // namespace caracal
