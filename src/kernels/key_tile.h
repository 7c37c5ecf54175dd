#pragma once
#include <cstddef>
#include <cstdint>

#include "spec/kv_type.h"

namespace caracal {

/// Where one key lies in a tile of `lanes` keys side by side (attend_table.h). A row is a tile of
/// one lane.
template <class Byte>
struct KeyPlace {
  Byte* tile;
  int32_t lanes = 1;
  int32_t lane = 0;
};

/// Copies a key of dim values; the two places may be in tiles of different widths.
void copy_key(KvType type, int64_t dim, const KeyPlace<const std::byte>& from,
              const KeyPlace<std::byte>& to);

}  // namespace caracal
