#pragma once
/// The static plan: regions over buffers, symbolic in rows and context, built once at load and
/// walked every step. Profiler, memory ledger and `inspect plan` are views of this list.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "exec/operator.h"

namespace caracal {

/// Operators with one tile space that run back to back on each tile.
struct Chain {
  TileSpace tiles;
  std::vector<const Operator*> operators;
};

/// What runs between two barriers: chains whose tiles are independent of each other.
struct Region {
  std::string name;  ///< "layer 3: linear+linear+linear"
  std::vector<Chain> chains;
};

/// Where each buffer lies inside the step arena; buffers whose lifetimes do not meet share bytes.
struct BufferPlacement {
  int64_t first_region = 0, last_region = 0;
  size_t offset = 0;
  size_t bytes = 0;  ///< at the plan's maximum of rows
};

struct Plan {
  std::vector<std::unique_ptr<Operator>> operators;
  std::vector<Region> regions;
  std::vector<BufferSpec> buffers;
  std::vector<BufferPlacement> placements;
  int32_t max_rows = 0;
  int32_t max_logit_rows = 0;
  int32_t max_split_rows = 0;
  size_t arena_bytes = 0;    ///< all buffers
  size_t scratch_bytes = 0;  ///< per thread
  BufferId logits = BufferId::none;
  BufferId hidden = BufferId::none;  ///< final hidden state before the head
};

}  // namespace caracal
