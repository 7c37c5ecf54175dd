#pragma once
/// The tables that instruction-set files bring; *_absent.cc stands in where they are not built.
#include "kernels/attend_table.h"
#include "kernels/small_table.h"

namespace caracal {

extern const SmallKernels kSmallKernelsRef;
/// nullptr where this build has none.
const SmallKernels* small_kernels_avx2();
const SmallKernels* small_kernels_avx512();

/// One table per KvType, in its order.
extern const AttendKernels kAttendKernelsRef[];
const AttendKernels* attend_kernels_avx2();
const AttendKernels* attend_kernels_avx512();

extern const AttendLoops kAttendLoopsRef;
const AttendLoops* attend_loops_avx2();
const AttendLoops* attend_loops_avx512();

}  // namespace caracal
