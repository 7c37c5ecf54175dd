#pragma once
#include <cstdint>

#include "spec/acts.h"

namespace caracal {

/// Into how many tile parts an elementwise operator cuts a row of `cols`: about 512 columns each,
/// so that the team shares wide rows, and whole groups of 32, so that the quantization of the
/// result can follow on the same tile. 1 where the width does not allow that.
constexpr int32_t column_parts(int64_t cols) {
  for (int64_t parts = cols / 512; parts > 1; --parts)
    if (cols % (parts * kActGroup) == 0) return static_cast<int32_t>(parts);
  return 1;
}

}  // namespace caracal
