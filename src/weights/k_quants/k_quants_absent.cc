#include "weights/k_quants/k_quants.h"

namespace caracal {

LinearRun q2_k_linear_avx2() { return nullptr; }
LinearRun q3_k_linear_avx2() { return nullptr; }
LinearRun q4_k_linear_avx2() { return nullptr; }
LinearRun q5_k_linear_avx2() { return nullptr; }
LinearRun q6_k_linear_avx2() { return nullptr; }

}  // namespace caracal
