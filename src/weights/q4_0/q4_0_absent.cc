#include "weights/q4_0/q4_0.h"

namespace caracal {

LinearRun q4_0_linear_avx2() { return nullptr; }

}  // namespace caracal
