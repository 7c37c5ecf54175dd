#include "weights/f16/f16.h"
#include "weights/linear_ref.h"

namespace caracal {

void f16_linear_ref(const LinearArgs& args) noexcept {
  float_linear_ref<2>(args, [](const std::byte* w) { return f16_to_f32(load_u16(w)); });
}

}  // namespace caracal
