/// Roofs of CPUs with AVX2 and FMA. The registers of a loop are named inside its one block of
/// assembly, so that nothing is spilled.
#include "machine/roof_loops.h"

namespace caracal::avx2 {
namespace {

template <class T, int N>
double sum_of(const T (&values)[N]) noexcept {
  double sum = 0;
  for (T v : values) sum += v;
  return sum;
}

/// 12 accumulators: two multiply-adds a cycle of latency four or five keep ten in flight.
double fma_loop(int64_t rounds) noexcept {
  alignas(32) float sums[12 * 8];
  const float one = 1;
  asm volatile(
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n\t"
      "vxorps %%ymm\\r, %%ymm\\r, %%ymm\\r\n\t"
      ".endr\n\t"
      "vbroadcastss (%[one]), %%ymm12\n\t"
      "vmovaps %%ymm12, %%ymm13\n\t"
      ".balign 32\n"
      "1:\n\t"
      ".rept 4\n\t"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n\t"
      "vfmadd231ps %%ymm12, %%ymm13, %%ymm\\r\n\t"
      ".endr\n\t"
      ".endr\n\t"
      "dec %[rounds]\n\t"
      "jnz 1b\n\t"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n\t"
      "vmovaps %%ymm\\r, 32*\\r(%[sums])\n\t"
      ".endr\n\t"
      "vzeroupper\n\t"
      : [rounds] "+r"(rounds)
      : [one] "r"(&one), [sums] "r"(sums)
      : "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  return sum_of(sums);
}

#define CRCL_PAIR(acc, product)                 \
  "vpmaddubsw %%ymm15, %%ymm14, %%ymm" #product \
  "\n\t"                                        \
  "vpaddw %%ymm" #product ", %%ymm" #acc ", %%ymm" #acc "\n\t"

/// Without a dot product instruction: products of bytes in pairs, and the sum of them in 16 bits,
/// which is the least that a kernel needs.
double int8_loop(int64_t rounds) noexcept {
  alignas(32) int16_t sums[7 * 16];
  const int8_t one = 1;
  asm volatile(
      ".irp r,0,1,2,3,4,5,6\n\t"
      "vpxor %%ymm\\r, %%ymm\\r, %%ymm\\r\n\t"
      ".endr\n\t"
      "vpbroadcastb (%[one]), %%ymm14\n\t"
      "vmovdqa %%ymm14, %%ymm15\n\t"
      ".balign 32\n"
      "1:\n\t"
      ".rept 4\n\t"  // clang-format off
      CRCL_PAIR(0, 7) CRCL_PAIR(1, 8) CRCL_PAIR(2, 9) CRCL_PAIR(3, 10)
      CRCL_PAIR(4, 11) CRCL_PAIR(5, 12) CRCL_PAIR(6, 13)
      ".endr\n\t"  // clang-format on
      "dec %[rounds]\n\t"
      "jnz 1b\n\t"
      ".irp r,0,1,2,3,4,5,6\n\t"
      "vmovdqa %%ymm\\r, 32*\\r(%[sums])\n\t"
      ".endr\n\t"
      "vzeroupper\n\t"
      : [rounds] "+r"(rounds)
      : [one] "r"(&one), [sums] "r"(sums)
      : "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  return sum_of(sums);
}

/// Four cache lines a round: neighbours of one stream, or one of each of four.
uint64_t read_loop(const std::byte* data, int64_t bytes, int32_t n_streams,
                   int64_t ahead) noexcept {
  const int64_t stream = bytes / n_streams;
  const int64_t lines = 4 / n_streams;  // of each stream
  const std::byte* at[4];
  for (int32_t i = 0; i < 4; ++i) at[i] = data + i / lines * stream + i % lines * 64;
  int64_t offset = 0, ahead_offset = ahead;
  alignas(32) uint64_t sums[8 * 4];
  asm volatile(
      ".irp r,0,1,2,3,4,5,6,7\n\t"
      "vpxor %%ymm\\r, %%ymm\\r, %%ymm\\r\n\t"
      ".endr\n\t"
      ".balign 32\n"
      "1:\n\t"
      "prefetcht0 (%[a],%[ahead])\n\t"
      "vpaddq (%[a],%[offset]), %%ymm0, %%ymm0\n\t"
      "vpaddq 32(%[a],%[offset]), %%ymm1, %%ymm1\n\t"
      "prefetcht0 (%[b],%[ahead])\n\t"
      "vpaddq (%[b],%[offset]), %%ymm2, %%ymm2\n\t"
      "vpaddq 32(%[b],%[offset]), %%ymm3, %%ymm3\n\t"
      "prefetcht0 (%[c],%[ahead])\n\t"
      "vpaddq (%[c],%[offset]), %%ymm4, %%ymm4\n\t"
      "vpaddq 32(%[c],%[offset]), %%ymm5, %%ymm5\n\t"
      "prefetcht0 (%[d],%[ahead])\n\t"
      "vpaddq (%[d],%[offset]), %%ymm6, %%ymm6\n\t"
      "vpaddq 32(%[d],%[offset]), %%ymm7, %%ymm7\n\t"
      "add %[step], %[ahead]\n\t"
      "add %[step], %[offset]\n\t"
      "cmp %[end], %[offset]\n\t"
      "jb 1b\n\t"
      ".irp r,0,1,2,3,4,5,6,7\n\t"
      "vmovdqa %%ymm\\r, 32*\\r(%[sums])\n\t"
      ".endr\n\t"
      "vzeroupper\n\t"
      : [offset] "+r"(offset), [ahead] "+r"(ahead_offset)
      : [a] "r"(at[0]), [b] "r"(at[1]), [c] "r"(at[2]), [d] "r"(at[3]), [step] "r"(lines * 64),
        [end] "r"(stream), [sums] "r"(sums)
      : "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  uint64_t sum = 0;
  for (uint64_t v : sums) sum += v;
  return sum;
}

}  // namespace
}  // namespace caracal::avx2

namespace caracal {

RoofLoop roof_fma_avx2() { return avx2::fma_loop; }
RoofLoop roof_int8_avx2() { return avx2::int8_loop; }
RoofReadLoop roof_read_avx2() { return avx2::read_loop; }

}  // namespace caracal
