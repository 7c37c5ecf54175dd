#include "weights/q4_0/q4_0.h"

namespace caracal {

LinearRuns q4_0_linear_avx2() { return {}; }
LinearRuns q4_0_linear_avxvnni() { return {}; }
LinearRuns q4_0_linear_avx512() { return {}; }
LinearRuns q4_0_linear_avx512vnni() { return {}; }

}  // namespace caracal
