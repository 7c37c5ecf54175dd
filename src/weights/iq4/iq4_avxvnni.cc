#include "weights/block_dots.h"
#include "weights/iq4/iq4.h"
#include "weights/vector_avxvnni.h"

namespace caracal {

LinearRuns iq4_nl_linear_avxvnni() {
  return dots::block_runs<avxvnni::Vector, dots::TableBlock<kIq4NlTile, kIq4Values, 128>>();
}
LinearRuns iq4_xs_linear_avxvnni() {
  return dots::block_runs<avxvnni::Vector, dots::TableBlock<kIq4XsTile, kIq4Values, 128>>();
}

}  // namespace caracal
