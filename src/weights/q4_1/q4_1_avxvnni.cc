#include "weights/block_dots.h"
#include "weights/q4_1/q4_1.h"
#include "weights/vector_avxvnni.h"

namespace caracal {

LinearRuns q4_1_linear_avxvnni() {
  return dots::block_runs<avxvnni::Vector, dots::CodeBlock<kQ4_1Tile, 0>>();
}

}  // namespace caracal
