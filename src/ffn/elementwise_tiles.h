#pragma once
#include <cstdint>
#include <span>

#include "exec/plan_builder.h"
#include "spec/acts.h"

namespace caracal {

/// Tiles of an elementwise operator over rows of `cols`. Those of the inputs' producers where they
/// agree: then the operator follows them on each tile, while their results are in the cache.
/// Otherwise a row at a time, in parts of about 512 columns, so that the team shares wide rows.
/// Parts are whole groups of 32 where that is possible, so that the quantization of the result can
/// follow too.
inline TileSpace elementwise_tiles(const PlanBuilder& builder, std::span<const BufferId> inputs,
                                   int64_t cols) {
  const TileSpace first = builder.writer_tiles(inputs[0]);
  bool agree = columns_of(first, cols, 0).end % kActGroup == 0;
  for (BufferId input : inputs) agree = agree && builder.writer_tiles(input) == first;
  if (agree) return first;
  for (int64_t parts = cols / 512; parts > 1; --parts)
    if (cols % (parts * kActGroup) == 0)
      return {RowCount::step_rows, 1, static_cast<int32_t>(parts)};
  return {RowCount::step_rows, 1, 1};
}

}  // namespace caracal
