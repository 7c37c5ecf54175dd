#include "weights/block_dots.h"
#include "weights/k_quants/k_quants.h"
#include "weights/vector_avx512vnni.h"

namespace caracal {

LinearRuns q2_k_linear_avx512vnni() {
  return dots::block_runs<avx512vnni::Vector, dots::CodeBlock<kQ2KTile, 0>>();
}
LinearRuns q3_k_linear_avx512vnni() {
  return dots::block_runs<avx512vnni::Vector, dots::CodeBlock<kQ3KTile, 4>>();
}
LinearRuns q4_k_linear_avx512vnni() {
  return dots::block_runs<avx512vnni::Vector, dots::CodeBlock<kQ4KTile, 0>>();
}
LinearRuns q5_k_linear_avx512vnni() {
  return dots::block_runs<avx512vnni::Vector, dots::CodeBlock<kQ5KTile, 0>>();
}
LinearRuns q6_k_linear_avx512vnni() {
  return dots::block_runs<avx512vnni::Vector, dots::CodeBlock<kQ6KTile, 32>>();
}

}  // namespace caracal
