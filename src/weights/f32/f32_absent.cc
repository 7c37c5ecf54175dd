#include "weights/f32/f32.h"

namespace caracal {

LinearRuns f32_linear_avx2() { return {}; }
LinearRuns f32_linear_avx512() { return {}; }

}  // namespace caracal
