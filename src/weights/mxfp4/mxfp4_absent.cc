#include "weights/mxfp4/mxfp4.h"

namespace caracal {

LinearRuns mxfp4_linear_avx2() { return {}; }

}  // namespace caracal
