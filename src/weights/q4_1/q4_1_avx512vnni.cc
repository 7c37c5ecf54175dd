#include "weights/block_dots.h"
#include "weights/q4_1/q4_1.h"
#include "weights/vector_avx512vnni.h"

namespace caracal {

LinearRuns q4_1_linear_avx512vnni() {
  return dots::block_runs<avx512vnni::Vector, dots::CodeBlock<kQ4_1Tile, 0>>();
}

}  // namespace caracal
