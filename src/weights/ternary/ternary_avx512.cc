#include "weights/block_dots.h"
#include "weights/ternary/ternary.h"
#include "weights/vector_avx512.h"

namespace caracal {

LinearRuns ternary_linear_avx512() {
  return dots::block_runs<avx512::Vector, dots::CodeBlock<kTernaryTile, 1>>();
}

}  // namespace caracal
