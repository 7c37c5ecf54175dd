#include "weights/block_dots.h"
#include "weights/ternary/ternary.h"
#include "weights/vector_avx512vnni.h"

namespace caracal {

LinearRuns ternary_linear_avx512vnni() {
  return dots::block_runs<avx512vnni::Vector, dots::CodeBlock<kTernaryTile, 1>>();
}

}  // namespace caracal
