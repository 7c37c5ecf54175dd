#include "weights/q4_1/q4_1.h"

namespace caracal {

LinearRuns q4_1_linear_avx2() { return {}; }
LinearRuns q4_1_linear_avxvnni() { return {}; }
LinearRuns q4_1_linear_avx512() { return {}; }
LinearRuns q4_1_linear_avx512vnni() { return {}; }

}  // namespace caracal
