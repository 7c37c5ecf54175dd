#pragma once
#include "spec/technique_info.h"

namespace caracal {
std::span<const TechniqueInfo> exec_techniques();
}  // namespace caracal
