#pragma once
/// Q4_0: 32 unsigned 4-bit codes share a scale; value = d * (code - 8).
/// 18 bytes a block: f16 d, then 16 bytes whose low nibbles are columns 0..15, high 16..31.
/// Plain data: instruction-set files include it.
#include "weights/linear_args.h"
#include "weights/tile8.h"

namespace caracal {

static constexpr BlockShape kQ4_0Block = {1, 16};

struct WeightFormat;
WeightFormat q4_0_format();

/// Activations q8_32, a = activation scale: acc = fma(sum((code - 8) * act), d * a, acc) per block.
void q4_0_linear_ref(const LinearArgs& args) noexcept;
/// nullptr where this build has no AVX2 files.
LinearRun q4_0_linear_avx2();

}  // namespace caracal
