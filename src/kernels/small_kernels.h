#pragma once
/// The small operations between matrix products, for one row at a time. Chosen once at load.
#include <cstdint>
#include <span>

#include "kernels/small_table.h"
#include "machine/cpu_features.h"

namespace caracal {

/// The last table whose needs the features meet; the scalar reference needs nothing.
const SmallKernels& small_kernels(CpuFeatures features);

/// Every table that the features allow, reference first: what the tests compare.
std::span<const SmallKernels* const> all_small_kernels();

}  // namespace caracal
