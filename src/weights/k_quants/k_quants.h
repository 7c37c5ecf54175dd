#pragma once
/// Blocks of 256 columns with a second level of quantisation: small integer scales, and for some
/// minima, times one or two f16 steps. Value = (d * scale) * code - dmin * min.
///
///   type  bits  scale per  codes        scales       bytes  layout
///   Q2_K  2     16         0 .. 3       4 bit + min  84     scales, codes, d, dmin
///   Q3_K  3     16         -4 .. 3      6 bit signed 110    high bits, low bits, scales, d
///   Q4_K  4     32         0 .. 15      6 bit + min  144    d, dmin, scales, codes
///   Q5_K  5     32         0 .. 31      6 bit + min  176    d, dmin, scales, high bits, low bits
///   Q6_K  6     16         -32 .. 31    8 bit signed 210    low bits, high bits, scales, d
///
/// Codes lie in strips (bit_strips.h). Plain data: instruction-set files include it.
#include "weights/linear_args.h"
#include "weights/tile16.h"

namespace caracal {

static constexpr TileShape kQ2KTile = {256, 2, 16, true};
static constexpr TileShape kQ3KTile = {256, 3, 16};
static constexpr TileShape kQ4KTile = {256, 4, 32, true};
static constexpr TileShape kQ5KTile = {256, 5, 32, true};
static constexpr TileShape kQ6KTile = {256, 6, 16};

struct WeightFormat;
WeightFormat q2_k_format();
WeightFormat q3_k_format();
WeightFormat q4_k_format();
WeightFormat q5_k_format();
WeightFormat q6_k_format();

/// Empty where this build lacks the instruction set's files.
LinearRuns q2_k_linear_avx2();
LinearRuns q2_k_linear_avxvnni();
LinearRuns q2_k_linear_avx512();
LinearRuns q2_k_linear_avx512vnni();
LinearRuns q3_k_linear_avx2();
LinearRuns q3_k_linear_avxvnni();
LinearRuns q3_k_linear_avx512();
LinearRuns q3_k_linear_avx512vnni();
LinearRuns q4_k_linear_avx2();
LinearRuns q4_k_linear_avxvnni();
LinearRuns q4_k_linear_avx512();
LinearRuns q4_k_linear_avx512vnni();
LinearRuns q5_k_linear_avx2();
LinearRuns q5_k_linear_avxvnni();
LinearRuns q5_k_linear_avx512();
LinearRuns q5_k_linear_avx512vnni();
LinearRuns q6_k_linear_avx2();
LinearRuns q6_k_linear_avxvnni();
LinearRuns q6_k_linear_avx512();
LinearRuns q6_k_linear_avx512vnni();

}  // namespace caracal
