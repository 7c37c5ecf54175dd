#pragma once
/// F16: IEEE half precision.
/// Plain data: instruction-set files include it.
#include "weights/linear_args.h"

namespace caracal {

struct WeightFormat;
WeightFormat f16_format();

/// Activations f32; acc = fma(w[k], x[k], acc), k ascending.
void f16_linear_ref(const LinearArgs& args) noexcept;
/// Empty where this build lacks the instruction set's files.
LinearRuns f16_linear_avx2();
LinearRuns f16_linear_avx512();

}  // namespace caracal
