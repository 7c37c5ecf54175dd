#include "weights/linear_ref.h"
#include "weights/q8_0/q8_0.h"

namespace caracal {
namespace {

float add_block(const std::byte* w, ActGroup x, float acc) {
  const auto* codes = reinterpret_cast<const int8_t*>(w + 2);
  int32_t sum = 0;
  for (int i = 0; i < kActGroup; ++i) sum += codes[i] * x.codes[i];
  return std::fma(static_cast<float>(sum), f16_to_f32(load_u16(w)) * x.scale, acc);
}

}  // namespace

void q8_0_linear_ref(const LinearArgs& args) noexcept { block_linear_ref<34>(args, add_block); }

}  // namespace caracal
