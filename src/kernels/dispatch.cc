#include <array>

#include "kernels/attend.h"
#include "kernels/small_kernels.h"
#include "kernels/tables.h"

namespace caracal {

const SmallKernels& small_kernels(CpuFeatures features) {
  const SmallKernels* avx2 = small_kernels_avx2();
  return avx2 && features.has(kAvx2Level) ? *avx2 : kSmallKernelsRef;
}

std::span<const SmallKernels* const> all_small_kernels() {
  static const std::array<const SmallKernels*, 2> all = {&kSmallKernelsRef, small_kernels_avx2()};
  return {all.data(), all[1] && detect_cpu_features().has(kAvx2Level) ? 2u : 1u};
}

const AttendKernels& attend_kernels(KvType type, CpuFeatures features) {
  const AttendKernels* avx2 = attend_kernels_avx2();
  return (avx2 && features.has(kAvx2Level) ? avx2 : kAttendKernelsRef)[static_cast<size_t>(type)];
}

}  // namespace caracal
