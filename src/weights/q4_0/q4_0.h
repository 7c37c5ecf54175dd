#pragma once
/// Q4_0: 32 unsigned 4-bit codes share a scale; value = d * (code - 8).
/// 18 bytes a block: f16 d, then 16 bytes whose low nibbles are columns 0..15, high 16..31.
/// Plain data: instruction-set files include it.
#include "weights/linear_args.h"
#include "weights/tile16.h"

namespace caracal {

static constexpr TileShape kQ4_0Tile = {.columns = 32, .bits = 4};

struct WeightFormat;
WeightFormat q4_0_format();

/// Empty where this build lacks the instruction set's files.
LinearRuns q4_0_linear_avx2();
LinearRuns q4_0_linear_avxvnni();
LinearRuns q4_0_linear_avx512();
LinearRuns q4_0_linear_avx512vnni();

}  // namespace caracal
