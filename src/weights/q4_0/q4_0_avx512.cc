#include "weights/block_dots.h"
#include "weights/q4_0/q4_0.h"
#include "weights/vector_avx512.h"

namespace caracal {

LinearRuns q4_0_linear_avx512() {
  return dots::block_runs<avx512::Vector, dots::CodeBlock<kQ4_0Tile, 8>>();
}

}  // namespace caracal
