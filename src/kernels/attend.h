#pragma once
#include <span>

#include "kernels/attend_table.h"
#include "machine/cpu_features.h"
#include "spec/kv_type.h"

namespace caracal {

/// The best loops for rows of this type that the features allow.
const AttendKernels& attend_kernels(KvType type, CpuFeatures features);
/// The best loops over floats that the features allow.
const AttendLoops& attend_loops(CpuFeatures features);

}  // namespace caracal
