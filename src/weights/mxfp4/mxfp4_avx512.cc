#include "weights/block_dots.h"
#include "weights/mxfp4/mxfp4.h"
#include "weights/vector_avx512.h"

namespace caracal {

LinearRuns mxfp4_linear_avx512() {
  return dots::block_runs<avx512::Vector, dots::TableBlock<kMxfp4Tile, kMxfp4Values, 12>>();
}

}  // namespace caracal
