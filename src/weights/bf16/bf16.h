#pragma once
/// BF16: the upper half of a float.
/// Plain data: instruction-set files include it.
#include "weights/linear_args.h"

namespace caracal {

struct WeightFormat;
WeightFormat bf16_format();

/// Activations f32; acc = fma(w[k], x[k], acc), k ascending.
void bf16_linear_ref(const LinearArgs& args) noexcept;
/// Empty where this build lacks the instruction set's files.
LinearRuns bf16_linear_avx2();
LinearRuns bf16_linear_avx512();

}  // namespace caracal
