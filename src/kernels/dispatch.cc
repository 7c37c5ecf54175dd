#include <vector>

#include "kernels/attend.h"
#include "kernels/small_kernels.h"
#include "kernels/tables.h"

namespace caracal {

namespace {

/// The tables of this build whose needs the features meet, weakest first.
std::vector<const SmallKernels*> tables_for(CpuFeatures features) {
  struct Choice {
    const SmallKernels* table;
    CpuFeatures needs;
  };
  std::vector<const SmallKernels*> out;
  for (const Choice& c : {Choice{&kSmallKernelsRef, {}}, Choice{small_kernels_avx2(), kAvx2Level},
                          Choice{small_kernels_avx512(), kAvx512Level}})
    if (c.table && features.has(c.needs)) out.push_back(c.table);
  return out;
}

}  // namespace

const SmallKernels& small_kernels(CpuFeatures features) { return *tables_for(features).back(); }

std::span<const SmallKernels* const> all_small_kernels() {
  static const std::vector<const SmallKernels*> all = tables_for(detect_cpu_features());
  return all;
}

const AttendKernels& attend_kernels(KvType type, CpuFeatures features) {
  const AttendKernels* avx2 = attend_kernels_avx2();
  return (avx2 && features.has(kAvx2Level) ? avx2 : kAttendKernelsRef)[static_cast<size_t>(type)];
}

const AttendLoops& attend_loops(CpuFeatures features) {
  const AttendLoops* avx2 = attend_loops_avx2();
  return avx2 && features.has(kAvx2Level) ? *avx2 : kAttendLoopsRef;
}

}  // namespace caracal
