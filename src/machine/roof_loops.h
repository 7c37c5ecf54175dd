#pragma once
/// What the files roof_probe_*.cc bring; roof_probe_absent.cc stands in where they are not built. A
/// maker returns nullptr there.
#include <cstddef>
#include <cstdint>

namespace caracal {

using RoofLoop = double (*)(int64_t rounds) noexcept;
using RoofReadLoop = uint64_t (*)(const std::byte* data, int64_t bytes, int32_t n_streams,
                                  int64_t ahead) noexcept;

/// Multiply-adds of one round of each loop.
inline constexpr int64_t kRefFmaAdds = 16 * 4, kRefInt8Adds = 1024;
inline constexpr int64_t kAvx2FmaAdds = 4 * 12 * 8, kAvx2Int8Adds = 4 * 7 * 32;
inline constexpr int64_t kAvxVnniInt8Adds = 4 * 12 * 32;
inline constexpr int64_t kAvx512FmaAdds = 4 * 24 * 16, kAvx512VnniInt8Adds = 4 * 24 * 64,
                         kAvx512Bf16Adds = 4 * 24 * 32;
inline constexpr int64_t kAmxInt8Adds = 4 * 6 * 16 * 16 * 64, kAmxBf16Adds = kAmxInt8Adds / 2;

double roof_fma_ref(int64_t rounds) noexcept;
double roof_int8_ref(int64_t rounds) noexcept;
uint64_t roof_read_ref(const std::byte* data, int64_t bytes, int32_t n_streams,
                       int64_t ahead) noexcept;

RoofLoop roof_fma_avx2();
RoofLoop roof_int8_avx2();
RoofReadLoop roof_read_avx2();
RoofLoop roof_int8_avxvnni();
RoofLoop roof_fma_avx512();
RoofLoop roof_int8_avx512vnni();
RoofLoop roof_bf16_avx512bf16();
RoofLoop roof_int8_amx();
RoofLoop roof_bf16_amx();

}  // namespace caracal
