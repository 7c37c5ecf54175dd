#include <vector>

#include "kernels/attend.h"
#include "kernels/small_kernels.h"
#include "kernels/tables.h"

namespace caracal {

namespace {

/// Of the tables of this build those whose needs the features meet, weakest first.
template <class Table>
std::vector<const Table*> tables_for(CpuFeatures features, const Table* ref, const Table* avx2,
                                     const Table* avx512) {
  std::vector<const Table*> out = {ref};
  if (avx2 && features.has(kAvx2Level)) out.push_back(avx2);
  if (avx512 && features.has(kAvx512Level)) out.push_back(avx512);
  return out;
}

std::vector<const SmallKernels*> small_tables(CpuFeatures features) {
  return tables_for(features, &kSmallKernelsRef, small_kernels_avx2(), small_kernels_avx512());
}

}  // namespace

const SmallKernels& small_kernels(CpuFeatures features) { return *small_tables(features).back(); }

std::span<const SmallKernels* const> all_small_kernels() {
  static const std::vector<const SmallKernels*> all = small_tables(detect_cpu_features());
  return all;
}

const AttendKernels& attend_kernels(KvType type, CpuFeatures features) {
  return tables_for(features, kAttendKernelsRef, attend_kernels_avx2(), attend_kernels_avx512())
      .back()[static_cast<size_t>(type)];
}

const AttendLoops& attend_loops(CpuFeatures features) {
  return *tables_for(features, &kAttendLoopsRef, attend_loops_avx2(), attend_loops_avx512()).back();
}

}  // namespace caracal
