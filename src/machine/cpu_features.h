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

inline constexpr CpuFeatures kAvx2Level = {CpuFeature::avx2, CpuFeature::fma, CpuFeature::f16c,
                                           CpuFeature::bmi2};

/// What this machine and its operating system offer (CPUID and XGETBV).
CpuFeatures detect_cpu_features();
/// --isa: "auto", "scalar" (none), or a level "avx2", "avx512", ...: the features that level may
/// use. Throws Error(bad_config) for another word.
CpuFeatures cpu_feature_mask(std::string_view isa);
/// "avx2 fma f16c ..." or "scalar".
std::string to_string(CpuFeatures features);

}  // namespace caracal
