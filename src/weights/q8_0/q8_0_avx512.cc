#include "weights/block_dots.h"
#include "weights/q8_0/q8_0.h"
#include "weights/vector_avx512.h"

namespace caracal {

LinearRuns q8_0_linear_avx512() {
  return dots::block_runs<avx512::Vector, dots::CodeBlock<kQ8_0Tile, 128>>();
}

}  // namespace caracal
