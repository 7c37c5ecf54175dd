#include "weights/f16/f16.h"

namespace caracal {

LinearRuns f16_linear_avx2() { return {}; }
LinearRuns f16_linear_avx512() { return {}; }

}  // namespace caracal
