#include "weights/ternary/ternary.h"

namespace caracal {

LinearRun ternary_linear_avx2() { return nullptr; }

}  // namespace caracal
