#include "weights/block_kernels_avx2.h"
#include "weights/q8_0/q8_0.h"

namespace caracal {

LinearRuns q8_0_linear_avx2() { return avx2::block_runs<avx2::CodeBlock<kQ8_0Tile, 128>>(); }

}  // namespace caracal
