#include "weights/q4_1/q4_1.h"

namespace caracal {

LinearRuns q4_1_linear_avx2() { return {}; }

}  // namespace caracal
