#include "weights/block_dots.h"
#include "weights/q8_0/q8_0.h"
#include "weights/vector_avxvnni.h"

namespace caracal {

LinearRuns q8_0_linear_avxvnni() {
  return dots::block_runs<avxvnni::Vector, dots::CodeBlock<kQ8_0Tile, 128>>();
}

}  // namespace caracal
