#include "weights/f16/f16.h"

namespace caracal {

LinearRun f16_linear_avx2() { return nullptr; }

}  // namespace caracal
