#include "weights/block_kernels_avx2.h"
#include "weights/k_quants/k_quants.h"

namespace caracal {

LinearRuns q2_k_linear_avx2() { return avx2::block_runs<avx2::CodeBlock<kQ2KTile, 0>>(); }
LinearRuns q3_k_linear_avx2() { return avx2::block_runs<avx2::CodeBlock<kQ3KTile, 4>>(); }
LinearRuns q4_k_linear_avx2() { return avx2::block_runs<avx2::CodeBlock<kQ4KTile, 0>>(); }
LinearRuns q5_k_linear_avx2() { return avx2::block_runs<avx2::CodeBlock<kQ5KTile, 0>>(); }
LinearRuns q6_k_linear_avx2() { return avx2::block_runs<avx2::CodeBlock<kQ6KTile, 32>>(); }

}  // namespace caracal
