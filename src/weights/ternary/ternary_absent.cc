#include "weights/ternary/ternary.h"

namespace caracal {

LinearRuns ternary_linear_avx2() { return {}; }

}  // namespace caracal
