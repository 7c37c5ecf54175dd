#include "weights/linear_ref.h"
#include "weights/q4_1/q4_1.h"

namespace caracal {
namespace {

float add_block(const std::byte* w, ActGroup x, float acc) {
  const float d = f16_to_f32(load_u16(w)), m = f16_to_f32(load_u16(w + 2));
  acc = std::fma(static_cast<float>(dot_nibbles(w + 4, x.codes)), d * x.scale, acc);
  return std::fma(static_cast<float>(x.sum), m * x.scale, acc);
}

}  // namespace

void q4_1_linear_ref(const LinearArgs& args) noexcept { block_linear_ref<20>(args, add_block); }

}  // namespace caracal
