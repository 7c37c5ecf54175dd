#include "weights/linear_ref.h"
#include "weights/q4_0/q4_0.h"

namespace caracal {
namespace {

float add_block(const std::byte* w, ActGroup x, float acc) {
  const int32_t sum = dot_nibbles(w + 2, x.codes) - 8 * x.sum;
  return std::fma(static_cast<float>(sum), f16_to_f32(load_u16(w)) * x.scale, acc);
}

}  // namespace

void q4_0_linear_ref(const LinearArgs& args) noexcept { block_linear_ref<18>(args, add_block); }

}  // namespace caracal
