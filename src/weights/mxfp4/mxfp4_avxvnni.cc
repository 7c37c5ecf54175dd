#include "weights/block_dots.h"
#include "weights/mxfp4/mxfp4.h"
#include "weights/vector_avxvnni.h"

namespace caracal {

LinearRuns mxfp4_linear_avxvnni() {
  return dots::block_runs<avxvnni::Vector, dots::TableBlock<kMxfp4Tile, kMxfp4Values, 12>>();
}

}  // namespace caracal
