#include "weights/plane_tiles_avx2.h"
#include "weights/ternary/ternary.h"

namespace caracal {

LinearRun ternary_linear_avx2() { return avx2::run_planes<avx2::CodeBlock<kTernaryPlanes, 1>>; }

}  // namespace caracal
