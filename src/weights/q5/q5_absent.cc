#include "weights/q5/q5.h"

namespace caracal {

LinearRuns q5_0_linear_avx2() { return {}; }
LinearRuns q5_1_linear_avx2() { return {}; }

}  // namespace caracal
