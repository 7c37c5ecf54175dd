#pragma once
/// IQ4_NL: 32 4-bit codes name entries of a fixed table, finer near zero; value = d * table[code].
/// 18 bytes a block: f16 d, then 16 bytes whose low nibbles are columns 0..15, high 16..31.
/// IQ4_XS: 256 columns, value = (d * scale) * table[code], a signed 6-bit scale per 32 columns.
/// 136 bytes: f16 d, u16 with the scales' upper 2 bits, 4 bytes with their lower 4, then the codes
/// of each 32 columns as above.
/// Plain data: instruction-set files include it.
#include "weights/linear_args.h"
#include "weights/tile16.h"

namespace caracal {

static constexpr int8_t kIq4Values[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                          1,    13,   25,  38,  53,  69,  89,  113};

static constexpr TileShape kIq4NlTile = {32, 4};
static constexpr TileShape kIq4XsTile = {256, 4, 32};

struct WeightFormat;
WeightFormat iq4_nl_format();
WeightFormat iq4_xs_format();

/// Empty where this build lacks the instruction set's files.
LinearRuns iq4_nl_linear_avx2();
LinearRuns iq4_nl_linear_avxvnni();
LinearRuns iq4_nl_linear_avx512();
LinearRuns iq4_nl_linear_avx512vnni();
LinearRuns iq4_xs_linear_avx2();
LinearRuns iq4_xs_linear_avxvnni();
LinearRuns iq4_xs_linear_avx512();
LinearRuns iq4_xs_linear_avx512vnni();

}  // namespace caracal
