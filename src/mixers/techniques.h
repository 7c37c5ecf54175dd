#pragma once
#include "spec/technique_info.h"

namespace caracal {
std::span<const TechniqueInfo> mixer_techniques();
}  // namespace caracal
