#include "weights/q5/q5.h"

namespace caracal {

LinearRuns q5_0_linear_avx2() { return {}; }
LinearRuns q5_0_linear_avxvnni() { return {}; }
LinearRuns q5_0_linear_avx512() { return {}; }
LinearRuns q5_0_linear_avx512vnni() { return {}; }
LinearRuns q5_1_linear_avx2() { return {}; }
LinearRuns q5_1_linear_avxvnni() { return {}; }
LinearRuns q5_1_linear_avx512() { return {}; }
LinearRuns q5_1_linear_avx512vnni() { return {}; }

}  // namespace caracal
