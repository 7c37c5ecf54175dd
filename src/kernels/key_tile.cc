#include "kernels/key_tile.h"

#include <cstring>

namespace caracal {
namespace {

/// n pieces of kBytes that follow each other in a row, in a tile `lanes` pieces apart.
template <size_t kBytes>
void copy_pieces(int64_t n, const std::byte* from, int32_t from_lanes, int32_t from_lane,
                 std::byte* to, int32_t to_lanes, int32_t to_lane) {
  const size_t from_step = kBytes * static_cast<size_t>(from_lanes);
  const size_t to_step = kBytes * static_cast<size_t>(to_lanes);
  from += kBytes * static_cast<size_t>(from_lane);
  to += kBytes * static_cast<size_t>(to_lane);
  for (int64_t i = 0; i < n; ++i, from += from_step, to += to_step) std::memcpy(to, from, kBytes);
}

}  // namespace

void copy_key(KvType type, int64_t dim, const KeyPlace<const std::byte>& from,
              const KeyPlace<std::byte>& to) {
  const auto copy = [&]<size_t kBytes>(int64_t n, size_t at) {
    copy_pieces<kBytes>(n, from.tile + at * static_cast<size_t>(from.lanes), from.lanes, from.lane,
                        to.tile + at * static_cast<size_t>(to.lanes), to.lanes, to.lane);
  };
  const KvBlock block = kv_block(type);
  if (block.values == 1) {
    if (block.bytes == 4)
      copy.template operator()<4>(dim, 0);
    else
      copy.template operator()<2>(dim, 0);
    return;
  }
  for (int64_t b = 0; b < dim / block.values; ++b) {  // the scale, then bytes of codes
    const auto at = static_cast<size_t>(b * block.bytes);
    copy.template operator()<2>(1, at);
    copy.template operator()<1>(block.bytes - 2, at + 2);
  }
}

}  // namespace caracal
