#pragma once
/// A CPU is a set of features, not a rung on a ladder.
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace caracal {

enum class CpuFeature : uint32_t {
  avx2 = 0,
  fma,
  f16c,
  bmi2,
  avx_vnni,
  avx512f,
  avx512bw,
  avx512vl,
  avx512vnni,
  avx512bf16,
  amx_int8,
  amx_bf16
};

struct CpuFeatures {
  uint32_t bits = 0;

  constexpr CpuFeatures() = default;
  constexpr CpuFeatures(std::initializer_list<CpuFeature> features) {
    for (CpuFeature f : features) bits |= uint32_t{1} << static_cast<uint32_t>(f);
  }
  constexpr bool has(CpuFeatures needs) const { return (bits & needs.bits) == needs.bits; }
  friend constexpr CpuFeatures operator&(CpuFeatures a, CpuFeatures b) {
    CpuFeatures both;
    both.bits = a.bits & b.bits;
    return both;
  }
};

constexpr CpuFeatures operator|(CpuFeatures a, CpuFeatures b) {
  CpuFeatures either;
  either.bits = a.bits | b.bits;
  return either;
}

/// Levels: what the files of an instruction-set suffix (cmake/CaracalModule.cmake) are compiled
/// for, and so what their kernels need.
inline constexpr CpuFeatures kAvx2Level = {CpuFeature::avx2, CpuFeature::fma, CpuFeature::f16c,
                                           CpuFeature::bmi2};
inline constexpr CpuFeatures kAvxVnniLevel = kAvx2Level | CpuFeatures{CpuFeature::avx_vnni};
inline constexpr CpuFeatures kAvx512Level =
    kAvx2Level | CpuFeatures{CpuFeature::avx512f, CpuFeature::avx512bw, CpuFeature::avx512vl};
inline constexpr CpuFeatures kAvx512VnniLevel = kAvx512Level | CpuFeatures{CpuFeature::avx512vnni};
inline constexpr CpuFeatures kAvx512Bf16Level =
    kAvx512VnniLevel | CpuFeatures{CpuFeature::avx512bf16};
inline constexpr CpuFeatures kAmxLevel =
    kAvx512Bf16Level | CpuFeatures{CpuFeature::amx_int8, CpuFeature::amx_bf16};

/// What this machine offers (CPUID) and its operating system lets a process use: XGETBV, and for
/// AMX on Linux the permission that the first call asks for.
CpuFeatures detect_cpu_features();

/// --isa: names joined by + and -, from left to right. A name is auto (everything), scalar
/// (nothing), a level with all it is built on (avx2, avx_vnni, avx512, avx512_vnni, avx512_bf16,
/// amx) or one feature as to_string() writes it; after a minus, a level stands for what it adds to
/// those below. "avx2+avx_vnni", "auto-avx512_bf16". Underscores may be left out.
/// Throws Error(bad_config) for another name.
CpuFeatures cpu_feature_mask(std::string_view isa);
/// The lowest level of --isa that offers all of `needs`: "scalar", "avx2", ...
std::string_view level_name(CpuFeatures needs);
/// "avx2 fma f16c ..." or "scalar".
std::string to_string(CpuFeatures features);

}  // namespace caracal
