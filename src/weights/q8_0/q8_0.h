#pragma once
/// Q8_0: 32 signed 8-bit codes share a scale; value = d * code.
/// 34 bytes a block: f16 d, then the codes of columns 0..31.
/// Plain data: instruction-set files include it.
#include "weights/linear_args.h"
#include "weights/tile8.h"

namespace caracal {

static constexpr BlockShape kQ8_0Block = {1, 32};

struct WeightFormat;
WeightFormat q8_0_format();

/// Activations q8_32, a = activation scale: acc = fma(sum(code * act), d * a, acc) per block.
void q8_0_linear_ref(const LinearArgs& args) noexcept;
/// nullptr where this build has no AVX2 files.
LinearRun q8_0_linear_avx2();

}  // namespace caracal
