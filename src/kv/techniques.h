#pragma once
#include "spec/technique_info.h"

namespace caracal {
std::span<const TechniqueInfo> kv_techniques();
}  // namespace caracal
