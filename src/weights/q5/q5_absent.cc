#include "weights/q5/q5.h"

namespace caracal {

LinearRun q5_0_linear_avx2() { return nullptr; }
LinearRun q5_1_linear_avx2() { return nullptr; }

}  // namespace caracal
