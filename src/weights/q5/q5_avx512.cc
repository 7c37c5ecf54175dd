#include "weights/block_dots.h"
#include "weights/q5/q5.h"
#include "weights/vector_avx512.h"

namespace caracal {

LinearRuns q5_0_linear_avx512() {
  return dots::block_runs<avx512::Vector, dots::CodeBlock<kQ5_0Tile, 16>>();
}
LinearRuns q5_1_linear_avx512() {
  return dots::block_runs<avx512::Vector, dots::CodeBlock<kQ5_1Tile, 0>>();
}

}  // namespace caracal
