#include "weights/iq4/iq4.h"

namespace caracal {

LinearRuns iq4_nl_linear_avx2() { return {}; }
LinearRuns iq4_nl_linear_avxvnni() { return {}; }
LinearRuns iq4_nl_linear_avx512() { return {}; }
LinearRuns iq4_nl_linear_avx512vnni() { return {}; }
LinearRuns iq4_xs_linear_avx2() { return {}; }
LinearRuns iq4_xs_linear_avxvnni() { return {}; }
LinearRuns iq4_xs_linear_avx512() { return {}; }
LinearRuns iq4_xs_linear_avx512vnni() { return {}; }

}  // namespace caracal
