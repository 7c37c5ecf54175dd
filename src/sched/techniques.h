#pragma once
#include "spec/technique_info.h"

namespace caracal {
std::span<const TechniqueInfo> sched_techniques();
}  // namespace caracal
