#include "weights/block_kernels_avx2.h"
#include "weights/q4_1/q4_1.h"

namespace caracal {

LinearRuns q4_1_linear_avx2() { return avx2::block_runs<avx2::CodeBlock<kQ4_1Tile, 0>>(); }

}  // namespace caracal
