#include "weights/q8_0/q8_0.h"

namespace caracal {

LinearRuns q8_0_linear_avx2() { return {}; }
LinearRuns q8_0_linear_avxvnni() { return {}; }
LinearRuns q8_0_linear_avx512() { return {}; }
LinearRuns q8_0_linear_avx512vnni() { return {}; }

}  // namespace caracal
