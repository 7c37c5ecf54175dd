#include "weights/q4_0/q4_0.h"

namespace caracal {

LinearRuns q4_0_linear_avx2() { return {}; }

}  // namespace caracal
