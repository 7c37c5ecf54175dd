#include "weights/block_kernels_avx2.h"
#include "weights/iq4/iq4.h"

namespace caracal {

LinearRuns iq4_nl_linear_avx2() {
  return avx2::block_runs<avx2::TableBlock<kIq4NlTile, kIq4Values, 128>>();
}
LinearRuns iq4_xs_linear_avx2() {
  return avx2::block_runs<avx2::TableBlock<kIq4XsTile, kIq4Values, 128>>();
}

}  // namespace caracal
