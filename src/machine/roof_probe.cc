#include "machine/roof_probe.h"

#include "machine/roof_loops.h"

namespace caracal {
namespace {

constexpr CpuFeatures kAvx512 = {CpuFeature::avx512f};

}  // namespace

std::span<const ArithmeticProbe> arithmetic_probes() {
  static const ArithmeticProbe kProbes[] = {
      {Roof::fp32_fma, "compiled loop", {}, 2 * kRefFmaAdds, roof_fma_ref},
      {Roof::fp32_fma, "vfmadd231ps ymm", kAvx2Level, 2 * kAvx2FmaAdds, roof_fma_avx2()},
      {Roof::fp32_fma, "vfmadd231ps zmm", kAvx512, 2 * kAvx512FmaAdds, roof_fma_avx512()},
      {Roof::bf16_dot,
       "vdpbf16ps zmm",
       {CpuFeature::avx512f, CpuFeature::avx512bf16},
       2 * kAvx512Bf16Adds,
       roof_bf16_avx512bf16()},
      {Roof::bf16_dot, "tdpbf16ps", {CpuFeature::amx_bf16}, 2 * kAmxBf16Adds, roof_bf16_amx()},
      {Roof::int8_dot, "compiled loop", {}, 2 * kRefInt8Adds, roof_int8_ref},
      {Roof::int8_dot, "vpmaddubsw + vpaddw ymm", kAvx2Level, 2 * kAvx2Int8Adds, roof_int8_avx2()},
      {Roof::int8_dot,
       "vpdpbusd ymm",
       {CpuFeature::avx2, CpuFeature::avx_vnni},
       2 * kAvxVnniInt8Adds,
       roof_int8_avxvnni()},
      {Roof::int8_dot,
       "vpdpbusd zmm",
       {CpuFeature::avx512f, CpuFeature::avx512vnni},
       2 * kAvx512VnniInt8Adds,
       roof_int8_avx512vnni()},
      {Roof::int8_dot, "tdpbssd", {CpuFeature::amx_int8}, 2 * kAmxInt8Adds, roof_int8_amx()},
  };
  return kProbes;
}

const ArithmeticProbe& choose_probe(Roof roof, CpuFeatures features) {
  const ArithmeticProbe* best = nullptr;
  for (const ArithmeticProbe& probe : arithmetic_probes())
    if (probe.roof == roof && probe.run && features.has(probe.needs)) best = &probe;
  return best ? *best : choose_probe(Roof::fp32_fma, features);
}

ReadLoop choose_read_loop(CpuFeatures features) {
  const ReadLoop avx2 = roof_read_avx2();
  return avx2 && features.has(kAvx2Level) ? avx2 : roof_read_ref;
}

}  // namespace caracal
