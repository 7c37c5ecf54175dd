#include "weights/block_kernels_avx2.h"
#include "weights/mxfp4/mxfp4.h"

namespace caracal {

LinearRuns mxfp4_linear_avx2() {
  return avx2::block_runs<avx2::TableBlock<kMxfp4Tile, kMxfp4Values, 12>>();
}

}  // namespace caracal
