#include "weights/bf16/bf16.h"
#include "weights/linear_ref.h"

namespace caracal {

void bf16_linear_ref(const LinearArgs& args) noexcept {
  float_linear_ref<2>(args, [](const std::byte* w) { return bf16_to_f32(load_u16(w)); });
}

}  // namespace caracal
