#include "weights/block_dots.h"
#include "weights/mxfp4/mxfp4.h"
#include "weights/vector_avx512vnni.h"

namespace caracal {

LinearRuns mxfp4_linear_avx512vnni() {
  return dots::block_runs<avx512vnni::Vector, dots::TableBlock<kMxfp4Tile, kMxfp4Values, 12>>();
}

}  // namespace caracal
