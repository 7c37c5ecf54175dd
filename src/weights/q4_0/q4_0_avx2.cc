#include "weights/block_kernels_avx2.h"
#include "weights/q4_0/q4_0.h"

namespace caracal {

LinearRuns q4_0_linear_avx2() { return avx2::block_runs<avx2::CodeBlock<kQ4_0Tile, 8>>(); }

}  // namespace caracal
