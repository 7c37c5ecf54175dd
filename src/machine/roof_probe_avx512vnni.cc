/// The int8 roof of CPUs with AVX-512 VNNI. The registers are named inside one block of assembly,
/// so that nothing is spilled.
#include "machine/roof_loops.h"

namespace caracal::avx512vnni {
namespace {

#define CRCL_ACCUMULATORS "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23"

/// Four products of bytes a lane and instruction; 24 accumulators cover its latency.
double int8_loop(int64_t rounds) noexcept {
  alignas(64) int32_t sums[24 * 16];
  const uint32_t one = 0x01010101;
  asm volatile(".irp r," CRCL_ACCUMULATORS
               "\n\t"
               "vpxord %%zmm\\r, %%zmm\\r, %%zmm\\r\n\t"
               ".endr\n\t"
               "vpbroadcastd (%[one]), %%zmm24\n\t"
               "vmovdqa64 %%zmm24, %%zmm25\n\t"
               ".balign 64\n"
               "1:\n\t"
               ".rept 4\n\t"
               ".irp r," CRCL_ACCUMULATORS
               "\n\t"
               "vpdpbusd %%zmm24, %%zmm25, %%zmm\\r\n\t"
               ".endr\n\t"
               ".endr\n\t"
               "dec %[rounds]\n\t"
               "jnz 1b\n\t"
               ".irp r," CRCL_ACCUMULATORS
               "\n\t"
               "vmovdqa64 %%zmm\\r, 64*\\r(%[sums])\n\t"
               ".endr\n\t"
               "vzeroupper\n\t"
               : [rounds] "+r"(rounds)
               : [one] "r"(&one), [sums] "r"(sums)
               : "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
                 "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16",
                 "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25");
  double sum = 0;
  for (int32_t v : sums) sum += v;
  return sum;
}

}  // namespace
}  // namespace caracal::avx512vnni

namespace caracal {
RoofLoop roof_int8_avx512vnni() { return avx512vnni::int8_loop; }
}  // namespace caracal
