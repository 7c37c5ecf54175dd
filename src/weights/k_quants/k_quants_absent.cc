#include "weights/k_quants/k_quants.h"

namespace caracal {

LinearRuns q2_k_linear_avx2() { return {}; }
LinearRuns q3_k_linear_avx2() { return {}; }
LinearRuns q4_k_linear_avx2() { return {}; }
LinearRuns q5_k_linear_avx2() { return {}; }
LinearRuns q6_k_linear_avx2() { return {}; }

}  // namespace caracal
