#include "weights/block_kernels_avx2.h"
#include "weights/q5/q5.h"

namespace caracal {

LinearRuns q5_0_linear_avx2() { return avx2::block_runs<avx2::CodeBlock<kQ5_0Tile, 16>>(); }
LinearRuns q5_1_linear_avx2() { return avx2::block_runs<avx2::CodeBlock<kQ5_1Tile, 0>>(); }

}  // namespace caracal
