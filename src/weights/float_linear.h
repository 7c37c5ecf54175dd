#pragma once
#include "weights/weight_format.h"

namespace caracal {

/// Numerics::reference: multiplies decoded weights by float activations, whatever the format. The
/// yardstick for what integer kernels round away, and the path that is compared with the oracle.
const LinearKernel& float_linear_kernel(const WeightFormat& format);

}  // namespace caracal
