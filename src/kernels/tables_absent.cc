#include "kernels/tables.h"

namespace caracal {

const SmallKernels* small_kernels_avx2() { return nullptr; }
const SmallKernels* small_kernels_avx512() { return nullptr; }
const AttendKernels* attend_kernels_avx2() { return nullptr; }
const AttendKernels* attend_kernels_avx512() { return nullptr; }
const AttendLoops* attend_loops_avx2() { return nullptr; }
const AttendLoops* attend_loops_avx512() { return nullptr; }

}  // namespace caracal
