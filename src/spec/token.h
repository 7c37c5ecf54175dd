#pragma once
#include <cstdint>

namespace caracal {

using TokenId = int32_t;
inline constexpr TokenId kNoToken = -1;

}  // namespace caracal
