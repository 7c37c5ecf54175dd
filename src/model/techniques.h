#pragma once
#include "spec/technique_info.h"

namespace caracal {
std::span<const TechniqueInfo> model_techniques();
}  // namespace caracal
