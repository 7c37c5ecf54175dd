#include "machine/roof_loops.h"

namespace caracal {

RoofLoop roof_fma_avx2() { return nullptr; }
RoofLoop roof_int8_avx2() { return nullptr; }
RoofReadLoop roof_read_avx2() { return nullptr; }
RoofLoop roof_int8_avxvnni() { return nullptr; }
RoofLoop roof_fma_avx512() { return nullptr; }
RoofLoop roof_int8_avx512vnni() { return nullptr; }
RoofLoop roof_bf16_avx512bf16() { return nullptr; }
RoofLoop roof_int8_amx() { return nullptr; }
RoofLoop roof_bf16_amx() { return nullptr; }

}  // namespace caracal
