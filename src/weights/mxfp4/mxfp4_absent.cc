#include "weights/mxfp4/mxfp4.h"

namespace caracal {

LinearRuns mxfp4_linear_avx2() { return {}; }
LinearRuns mxfp4_linear_avxvnni() { return {}; }
LinearRuns mxfp4_linear_avx512() { return {}; }
LinearRuns mxfp4_linear_avx512vnni() { return {}; }

}  // namespace caracal
