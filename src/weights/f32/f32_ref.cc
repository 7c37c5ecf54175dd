#include "weights/f32/f32.h"
#include "weights/linear_ref.h"

namespace caracal {

void f32_linear_ref(const LinearArgs& args) noexcept { float_linear_ref<4>(args, load_f32); }

}  // namespace caracal
