/// The int8 roof of CPUs with AVX-VNNI and no AVX-512. The registers are named inside one block of
/// assembly, so that nothing is spilled.
#include "machine/roof_loops.h"

namespace caracal::avxvnni {
namespace {

/// Four products of bytes a lane and instruction.
double int8_loop(int64_t rounds) noexcept {
  alignas(32) int32_t sums[12 * 8];
  const uint32_t one = 0x01010101;
  asm volatile(
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n\t"
      "vpxor %%ymm\\r, %%ymm\\r, %%ymm\\r\n\t"
      ".endr\n\t"
      "vpbroadcastd (%[one]), %%ymm12\n\t"
      "vmovdqa %%ymm12, %%ymm13\n\t"
      ".balign 32\n"
      "1:\n\t"
      ".rept 4\n\t"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n\t"
      "%{vex%} vpdpbusd %%ymm12, %%ymm13, %%ymm\\r\n\t"
      ".endr\n\t"
      ".endr\n\t"
      "dec %[rounds]\n\t"
      "jnz 1b\n\t"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n\t"
      "vmovdqa %%ymm\\r, 32*\\r(%[sums])\n\t"
      ".endr\n\t"
      "vzeroupper\n\t"
      : [rounds] "+r"(rounds)
      : [one] "r"(&one), [sums] "r"(sums)
      : "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  double sum = 0;
  for (int32_t v : sums) sum += v;
  return sum;
}

}  // namespace
}  // namespace caracal::avxvnni

namespace caracal {
RoofLoop roof_int8_avxvnni() { return avxvnni::int8_loop; }
}  // namespace caracal
