#include "weights/f32/f32.h"

namespace caracal {

LinearRun f32_linear_avx2() { return nullptr; }

}  // namespace caracal
