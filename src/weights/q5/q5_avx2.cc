#include "weights/plane_tiles_avx2.h"
#include "weights/q5/q5.h"

namespace caracal {

LinearRun q5_0_linear_avx2() { return avx2::run_planes<avx2::CodeBlock<kQ5_0Planes, 16>>; }
LinearRun q5_1_linear_avx2() { return avx2::run_planes<avx2::CodeBlock<kQ5_1Planes, 0>>; }

}  // namespace caracal
