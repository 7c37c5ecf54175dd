#pragma once
/// Q5_0: 32 unsigned 5-bit codes share a scale; value = d * (code - 16). 22 bytes a block: f16 d,
/// u32 of the fifth bits (bit c: column c), then 16 bytes whose low nibbles are columns 0..15, high
/// 16..31. Q5_1: value = d * code + m; f16 m follows d: 24 bytes.
/// Plain data: instruction-set files include it.
#include "weights/linear_args.h"
#include "weights/tile16.h"

namespace caracal {

static constexpr TileShape kQ5_0Tile = {.columns = 32, .bits = 5};
static constexpr TileShape kQ5_1Tile = {.columns = 32, .bits = 5, .has_min = true};

struct WeightFormat;
WeightFormat q5_0_format();
WeightFormat q5_1_format();

/// Empty where this build lacks the instruction set's files.
LinearRuns q5_0_linear_avx2();
LinearRuns q5_0_linear_avxvnni();
LinearRuns q5_0_linear_avx512();
LinearRuns q5_0_linear_avx512vnni();
LinearRuns q5_1_linear_avx2();
LinearRuns q5_1_linear_avxvnni();
LinearRuns q5_1_linear_avx512();
LinearRuns q5_1_linear_avx512vnni();

}  // namespace caracal
