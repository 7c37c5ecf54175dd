#include "weights/iq4/iq4.h"

namespace caracal {

LinearRun iq4_nl_linear_avx2() { return nullptr; }
LinearRun iq4_xs_linear_avx2() { return nullptr; }

}  // namespace caracal
