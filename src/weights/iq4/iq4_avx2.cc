#include "weights/iq4/iq4.h"
#include "weights/plane_tiles_avx2.h"

namespace caracal {

LinearRun iq4_nl_linear_avx2() {
  return avx2::run_planes<avx2::TableBlock<kIq4NlPlanes, kIq4Values, 127>>;
}
LinearRun iq4_xs_linear_avx2() {
  return avx2::run_planes<avx2::TableBlock<kIq4XsPlanes, kIq4Values, 127>>;
}

}  // namespace caracal
