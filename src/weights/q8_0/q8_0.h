#pragma once
/// Q8_0: 32 signed 8-bit codes share a scale; value = d * code.
/// 34 bytes a block: f16 d, then the codes of columns 0..31.
/// Plain data: instruction-set files include it.
#include "weights/linear_args.h"
#include "weights/tile16.h"

namespace caracal {

static constexpr TileShape kQ8_0Tile = {.columns = 32, .bits = 8};

struct WeightFormat;
WeightFormat q8_0_format();

/// Empty where this build lacks the instruction set's files.
LinearRuns q8_0_linear_avx2();
LinearRuns q8_0_linear_avxvnni();
LinearRuns q8_0_linear_avx512();
LinearRuns q8_0_linear_avx512vnni();

}  // namespace caracal
