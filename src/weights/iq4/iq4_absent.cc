#include "weights/iq4/iq4.h"

namespace caracal {

LinearRuns iq4_nl_linear_avx2() { return {}; }
LinearRuns iq4_xs_linear_avx2() { return {}; }

}  // namespace caracal
