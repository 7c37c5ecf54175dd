#include "weights/k_quants/k_quants.h"

namespace caracal {

LinearRuns q2_k_linear_avx2() { return {}; }
LinearRuns q2_k_linear_avxvnni() { return {}; }
LinearRuns q2_k_linear_avx512() { return {}; }
LinearRuns q2_k_linear_avx512vnni() { return {}; }
LinearRuns q3_k_linear_avx2() { return {}; }
LinearRuns q3_k_linear_avxvnni() { return {}; }
LinearRuns q3_k_linear_avx512() { return {}; }
LinearRuns q3_k_linear_avx512vnni() { return {}; }
LinearRuns q4_k_linear_avx2() { return {}; }
LinearRuns q4_k_linear_avxvnni() { return {}; }
LinearRuns q4_k_linear_avx512() { return {}; }
LinearRuns q4_k_linear_avx512vnni() { return {}; }
LinearRuns q5_k_linear_avx2() { return {}; }
LinearRuns q5_k_linear_avxvnni() { return {}; }
LinearRuns q5_k_linear_avx512() { return {}; }
LinearRuns q5_k_linear_avx512vnni() { return {}; }
LinearRuns q6_k_linear_avx2() { return {}; }
LinearRuns q6_k_linear_avxvnni() { return {}; }
LinearRuns q6_k_linear_avx512() { return {}; }
LinearRuns q6_k_linear_avx512vnni() { return {}; }

}  // namespace caracal
