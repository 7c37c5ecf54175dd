#pragma once
#include "spec/technique_info.h"

namespace caracal {
std::span<const TechniqueInfo> weight_techniques();
}  // namespace caracal
