/// The int8 and bf16 roofs of CPUs with AMX. The tiles of a loop are named inside its one block of
/// assembly.
#include <cstring>

#include "machine/roof_loops.h"

namespace caracal::amx {
namespace {

constexpr int kTileBytes = 16 * 64;  // 16 rows of 64 bytes, the largest tile

/// Intel SDM volume 1, 18.3.2: memory operand of LDTILECFG.
struct alignas(64) TileConfig {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfig) == 64);

// A product of two tiles keeps the unit busy for 16 cycles and takes 52: six accumulators. The
// compiler has no names for tiles and never uses them.
#define CRCL_TILE_LOOP(instruction)                                                          \
  asm volatile(                                                                              \
      "ldtilecfg (%[config])\n\t"                                                            \
      ".irp r,0,1,2,3,4,5\n\t"                                                               \
      "tilezero %%tmm\\r\n\t"                                                                \
      ".endr\n\t"                                                                            \
      "tileloadd (%[ones],%[stride],1), %%tmm6\n\t"                                          \
      "tileloadd (%[ones],%[stride],1), %%tmm7\n\t"                                          \
      ".balign 32\n"                                                                         \
      "1:\n\t"                                                                               \
      ".rept 4\n\t"                                                                          \
      ".irp r,0,1,2,3,4,5\n\t" instruction                                                   \
      " %%tmm7, %%tmm6, %%tmm\\r\n\t"                                                        \
      ".endr\n\t"                                                                            \
      ".endr\n\t"                                                                            \
      "dec %[rounds]\n\t"                                                                    \
      "jnz 1b\n\t"                                                                           \
      ".irp r,0,1,2,3,4,5\n\t"                                                               \
      "tilestored %%tmm\\r, 1024*\\r(%[sums],%[stride],1)\n\t"                               \
      ".endr\n\t"                                                                            \
      "tilerelease\n\t"                                                                      \
      : [rounds] "+r"(rounds)                                                                \
      : [config] "r"(&config), [ones] "r"(ones), [stride] "r"(int64_t{64}), [sums] "r"(sums) \
      : "memory", "cc")

double int8_loop(int64_t rounds) noexcept {
  const TileConfig config;
  alignas(64) int8_t ones[kTileBytes];
  alignas(64) int32_t sums[6 * kTileBytes / 4];
  std::memset(ones, 1, sizeof(ones));
  CRCL_TILE_LOOP("tdpbssd");
  double sum = 0;
  for (int32_t v : sums) sum += v;
  return sum;
}

double bf16_loop(int64_t rounds) noexcept {
  const TileConfig config;
  alignas(64) uint16_t ones[kTileBytes / 2];
  alignas(64) float sums[6 * kTileBytes / 4];
  for (uint16_t& one : ones) one = 0x3f80;
  CRCL_TILE_LOOP("tdpbf16ps");
  double sum = 0;
  for (float v : sums) sum += v;
  return sum;
}

}  // namespace
}  // namespace caracal::amx

namespace caracal {

RoofLoop roof_int8_amx() { return amx::int8_loop; }
RoofLoop roof_bf16_amx() { return amx::bf16_loop; }

}  // namespace caracal
