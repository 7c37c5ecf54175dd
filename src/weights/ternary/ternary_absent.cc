#include "weights/ternary/ternary.h"

namespace caracal {

LinearRuns ternary_linear_avx2() { return {}; }
LinearRuns ternary_linear_avxvnni() { return {}; }
LinearRuns ternary_linear_avx512() { return {}; }
LinearRuns ternary_linear_avx512vnni() { return {}; }

}  // namespace caracal
