#include <cstring>

#include "weights/bit_strips.h"
#include "weights/encode_block.h"
#include "weights/fit_codes.h"
#include "weights/iq4/iq4.h"
#include "weights/pack_blocks.h"

namespace caracal {
namespace {

constexpr CodeBook kBook(kIq4Values);
using Codes = BitStrips<4, 16>;

void fit(const float* x, UnpackedBlock& out) { fit_book_block(x, kBook, out); }

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
                               .book = kIq4Values,
                               .fit = fit,
                               .load = load,
                               .store = store,
                               .stored_as_lines = true};

}  // namespace

WeightFormat iq4_nl_format() {
  static const LinearKernel kernels[] = {
      ref_kernel<kCodec>("iq4_nl_ref"),
      tile_kernel<kCodec, kIq4NlTile>("iq4_nl_avx2", kAvx2Level, iq4_nl_linear_avx2()),
      tile_kernel<kCodec, kIq4NlTile>("iq4_nl_avxvnni", kAvxVnniLevel, iq4_nl_linear_avxvnni()),
      tile_kernel<kCodec, kIq4NlTile>("iq4_nl_avx512", kAvx512Level, iq4_nl_linear_avx512()),
      tile_kernel<kCodec, kIq4NlTile>("iq4_nl_avx512vnni", kAvx512VnniLevel,
                                      iq4_nl_linear_avx512vnni()),
  };
  return block_format<kCodec>(TensorType::iq4_nl, "iq4_nl", kernels);
}

}  // namespace caracal
