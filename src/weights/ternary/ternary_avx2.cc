#include "weights/block_kernels_avx2.h"
#include "weights/ternary/ternary.h"

namespace caracal {

LinearRuns ternary_linear_avx2() { return avx2::block_runs<avx2::CodeBlock<kTernaryTile, 1>>(); }

}  // namespace caracal
