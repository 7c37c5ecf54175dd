#pragma once
/// Q4_1: 32 unsigned 4-bit codes share a scale and a minimum; value = d * code + m.
/// 20 bytes a block: f16 d, f16 m, then 16 bytes whose low nibbles are columns 0..15, high 16..31.
/// Plain data: instruction-set files include it.
#include "weights/linear_args.h"
#include "weights/tile8.h"

namespace caracal {

static constexpr BlockShape kQ4_1Block = {2, 16};

struct WeightFormat;
WeightFormat q4_1_format();

/// Activations q8_32, a = activation scale; per block
/// acc = fma(sum(code * act), d * a, acc), then acc = fma(sum(act), m * a, acc).
void q4_1_linear_ref(const LinearArgs& args) noexcept;
/// nullptr where this build has no AVX2 files.
LinearRun q4_1_linear_avx2();

}  // namespace caracal
