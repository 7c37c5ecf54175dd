#pragma once
/// Q4_1: 32 unsigned 4-bit codes share a scale and a minimum; value = d * code + m.
/// 20 bytes a block: f16 d, f16 m, then 16 bytes whose low nibbles are columns 0..15, high 16..31.
/// Plain data: instruction-set files include it.
#include "weights/linear_args.h"
#include "weights/tile16.h"

namespace caracal {

static constexpr TileShape kQ4_1Tile = {.columns = 32, .bits = 4, .has_min = true};

struct WeightFormat;
WeightFormat q4_1_format();

/// Empty where this build lacks the instruction set's files.
LinearRuns q4_1_linear_avx2();
LinearRuns q4_1_linear_avxvnni();
LinearRuns q4_1_linear_avx512();
LinearRuns q4_1_linear_avx512vnni();

}  // namespace caracal
