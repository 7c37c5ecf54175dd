#pragma once
/// What a plan is made of: operators over buffers, each split into tiles that any thread may take.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "machine/roof.h"
#include "spec/acts.h"

namespace caracal {

class StepContext;
struct Batch;

/// A buffer of the plan, known before its memory is.
enum class BufferId : int32_t { none = -1 };
constexpr size_t index_of(BufferId id) { return static_cast<size_t>(static_cast<int32_t>(id)); }

/// How many rows a buffer has; known per step, bounded at load. split_rows: one for each row and
/// split of its keys that is computed apart (SequenceTiles).
enum class RowCount : uint8_t { step_rows, logit_rows, split_rows };

struct BufferSpec {
  std::string name;
  RowCount rows = RowCount::step_rows;
  ActEncoding encoding = ActEncoding::f32;
  int64_t cols = 0;
  size_t row_bytes() const { return act_row_bytes(encoding, cols); }
};

/// The tiles of an operator: ceil(rows / row_tile) * parts of them, part running fastest. Tile
/// borders depend on the shape only, never on the number of threads. by_sequence: a tile holds at
/// most row_tile rows of one sequence and perhaps one split of their keys; SequenceTiles cuts them
/// from the batch, and count() is what rows without many keys behind them give.
struct TileSpace {
  RowCount rows = RowCount::step_rows;
  int32_t row_tile = 1;
  int32_t parts = 1;
  int64_t part_cols = 0;  ///< columns of a part, the last may have fewer; 0: equal parts
  bool by_sequence = false;
  friend bool operator==(const TileSpace&, const TileSpace&) = default;

  int64_t count(int64_t n_rows) const { return (n_rows + row_tile - 1) / row_tile * parts; }
};

/// Which keys a tile covers: all of them, or split `index` of `count`.
struct KeySplit {
  int32_t index = -1;  ///< -1: all
  int32_t count = 0;
  /// Of buffers with RowCount::split_rows: row r of the tile and split i own row first_row + r *
  /// count + i.
  int32_t first_row = 0;
  bool is_one() const { return index >= 0; }
};

/// One tile: rows [row_begin, row_end), part of `parts` equal slices of the operator's width.
struct Tile {
  int32_t row_begin, row_end;
  int32_t part;
  KeySplit split = {};
};

struct Columns {
  int64_t begin, end;
};

/// The columns of a part of a row of `cols`.
inline Columns columns_of(const TileSpace& space, int64_t cols, int32_t part) {
  const int64_t width = space.part_cols > 0 ? space.part_cols : cols / space.parts;
  return {width * part, std::min(width * (part + 1), cols)};
}

/// How an operator touches a buffer. within_tile: tile t touches only the rows of t and, when there
/// are several parts, only columns_of(t.part); so an operator with the same TileSpace can
/// follow in the same region without a barrier.
struct BufferUse {
  BufferId buffer;
  bool writes = false;
  bool within_tile = false;
};

/// Work as counted for rooflines, of matrix products: what does not depend on the context.
struct OperatorCost {
  double flops_per_row = 0;          ///< two for each multiply-add
  double weight_bytes = 0;           ///< read once a step
  Roof arithmetic = Roof::fp32_fma;  ///< what the products are made with
};

/// Work of one step, of one operator or of many: matrix products and attention. Norms, activations
/// and the like count as nothing.
struct StepCost {
  double ops[std::size(kRoofs)] = {};  ///< by arithmetic, two for each multiply-add
  double weight_bytes = 0;             ///< read at least once
  double kv_bytes = 0;                 ///< of keys and values, read at least once

  double& ops_of(Roof roof) { return ops[static_cast<size_t>(roof)]; }
  double ops_of(Roof roof) const { return ops[static_cast<size_t>(roof)]; }
  double all_ops() const;
  /// What most operations are made with.
  Roof main_arithmetic() const;
  double read_bytes() const { return weight_bytes + kv_bytes; }
  StepCost& operator+=(const StepCost& other);
};

/// One operation of the plan. Immutable after the plan is built; run() may be called by several
/// threads at once for different tiles. A virtual call per tile, never per element.
class Operator {
 public:
  virtual ~Operator() = default;
  virtual std::string_view kind() const = 0;         ///< "rms_norm"
  virtual std::string detail() const { return {}; }  ///< "q4_1_avx2 576x1536"
  virtual TileSpace tiles() const = 0;
  virtual std::span<const BufferUse> uses() const = 0;
  virtual OperatorCost cost() const { return {}; }
  /// The work of a step over the batch; cost() times the rows, unless it depends on the context.
  virtual StepCost step_cost(const Batch& batch) const;
  /// Bytes of scratch a thread needs while it runs one tile.
  virtual size_t scratch_bytes() const { return 0; }
  virtual void run(const StepContext& step, const Tile& tile,
                   std::span<std::byte> scratch) const noexcept = 0;
  /// After every split of a tile's keys has run: makes the tile's result of them. Called once for
  /// its rows and part, before the operators that follow on the tile.
  virtual void merge_splits(const StepContext&, const Tile&, std::span<std::byte>) const noexcept {}
};

}  // namespace caracal
