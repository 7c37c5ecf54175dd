#include "weights/bf16/bf16.h"

namespace caracal {

LinearRun bf16_linear_avx2() { return nullptr; }

}  // namespace caracal
