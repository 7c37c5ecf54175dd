#pragma once
/// MXFP4: 32 4-bit floats (sign, 2 exponent bits, 1 mantissa bit: E2M1) share a power of two.
/// 17 bytes a block: exponent byte e (E8M0), then 16 bytes whose low nibbles are columns 0..15,
/// high 16..31. Value = 2^(e - 128) * table[code], where the table holds twice the E2M1 value.
/// Plain data: instruction-set files include it.
#include "weights/linear_args.h"
#include "weights/tile16.h"

namespace caracal {

static constexpr int8_t kMxfp4Values[16] = {0, 1,  2,  3,  4,  6,  8,  12,
                                            0, -1, -2, -3, -4, -6, -8, -12};

/// bf16 holds every power of two that E8M0 does, subnormal ones included.
static constexpr TileShape kMxfp4Tile = {.columns = 32, .bits = 4, .bf16_steps = true};

struct WeightFormat;
WeightFormat mxfp4_format();

/// Empty where this build lacks the instruction set's files.
LinearRuns mxfp4_linear_avx2();
LinearRuns mxfp4_linear_avxvnni();
LinearRuns mxfp4_linear_avx512();
LinearRuns mxfp4_linear_avx512vnni();

}  // namespace caracal
