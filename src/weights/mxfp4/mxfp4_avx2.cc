#include "weights/mxfp4/mxfp4.h"
#include "weights/plane_tiles_avx2.h"

namespace caracal {

LinearRun mxfp4_linear_avx2() {
  return avx2::run_planes<avx2::TableBlock<kMxfp4Planes, kMxfp4Values, 12>>;
}

}  // namespace caracal
