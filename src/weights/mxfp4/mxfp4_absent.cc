#include "weights/mxfp4/mxfp4.h"

namespace caracal {

LinearRun mxfp4_linear_avx2() { return nullptr; }

}  // namespace caracal
