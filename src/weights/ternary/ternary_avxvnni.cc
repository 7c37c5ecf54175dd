#include "weights/block_dots.h"
#include "weights/ternary/ternary.h"
#include "weights/vector_avxvnni.h"

namespace caracal {

LinearRuns ternary_linear_avxvnni() {
  return dots::block_runs<avxvnni::Vector, dots::CodeBlock<kTernaryTile, 1>>();
}

}  // namespace caracal
