#include "weights/bf16/bf16.h"

namespace caracal {

LinearRuns bf16_linear_avx2() { return {}; }
LinearRuns bf16_linear_avx512() { return {}; }

}  // namespace caracal
