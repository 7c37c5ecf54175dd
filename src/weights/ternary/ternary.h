#pragma once
/// 256 columns of codes 0, 1, 2 for -1, 0, +1 share a scale; value = d * (code - 1).
/// TQ2_0: 66 bytes, 64 of 2-bit codes in strips of 32 (bit_strips.h), then f16 d. A code of 3
/// stands for 2. TQ1_0: 54 bytes, five codes a byte as digits to base 3, then f16 d. Bytes 0..31
/// hold columns 0..159, bytes 32..47 columns 160..239, and bytes 48..51 columns 240..255, four
/// each. A byte is the number 0.digits to base 3, times 256, rounded up: multiplying by 3 brings
/// out a digit. Plain data: instruction-set files include it.
#include "weights/linear_args.h"
#include "weights/tile16.h"

namespace caracal {

/// Both are multiplied as 2-bit codes.
static constexpr TileShape kTernaryTile = {.columns = 256, .bits = 2};

struct WeightFormat;
WeightFormat tq1_0_format();
WeightFormat tq2_0_format();

/// Empty where this build lacks the instruction set's files.
LinearRuns ternary_linear_avx2();
LinearRuns ternary_linear_avxvnni();
LinearRuns ternary_linear_avx512();
LinearRuns ternary_linear_avx512vnni();

}  // namespace caracal
