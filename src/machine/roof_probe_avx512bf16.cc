/// The bf16 roof of CPUs with AVX-512 BF16. The registers are named inside one block of assembly,
/// so that nothing is spilled.
#include "machine/roof_loops.h"

namespace caracal::avx512bf16 {
namespace {

#define CRCL_ACCUMULATORS "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23"

/// Two products a lane and instruction; a latency of six and two a cycle keep twelve in flight.
double bf16_loop(int64_t rounds) noexcept {
  alignas(64) float sums[24 * 16];
  const uint32_t one = 0x3f803f80;  // 1.0 twice
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
               "vdpbf16ps %%zmm24, %%zmm25, %%zmm\\r\n\t"
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
  for (float v : sums) sum += v;
  return sum;
}

}  // namespace
}  // namespace caracal::avx512bf16

namespace caracal {
RoofLoop roof_bf16_avx512bf16() { return avx512bf16::bf16_loop; }
}  // namespace caracal
