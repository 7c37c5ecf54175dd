#include "weights/block_dots.h"
#include "weights/q4_0/q4_0.h"
#include "weights/vector_avxvnni.h"

namespace caracal {

LinearRuns q4_0_linear_avxvnni() {
  return dots::block_runs<avxvnni::Vector, dots::CodeBlock<kQ4_0Tile, 8>>();
}

}  // namespace caracal
