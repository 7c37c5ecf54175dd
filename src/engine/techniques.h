#pragma once
#include <vector>

#include "spec/technique_info.h"

namespace caracal {

/// Every technique of every seam, in the order of the layers.
std::vector<TechniqueInfo> techniques();

}  // namespace caracal
