#include "weights/k_quants/k_quants.h"
#include "weights/plane_tiles_avx2.h"

namespace caracal {

LinearRun q2_k_linear_avx2() { return avx2::run_planes<avx2::CodeBlock<kQ2KPlanes, 0>>; }
LinearRun q3_k_linear_avx2() { return avx2::run_planes<avx2::CodeBlock<kQ3KPlanes, 4>>; }
LinearRun q4_k_linear_avx2() { return avx2::run_planes<avx2::CodeBlock<kQ4KPlanes, 0>>; }
LinearRun q5_k_linear_avx2() { return avx2::run_planes<avx2::CodeBlock<kQ5KPlanes, 0>>; }
LinearRun q6_k_linear_avx2() { return avx2::run_planes<avx2::CodeBlock<kQ6KPlanes, 32>>; }

}  // namespace caracal
