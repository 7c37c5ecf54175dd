#pragma once
/// The accounting half of KV memory: which blocks are whose. Integers only; no tensor is touched.
/// PagedAttention, Kwon et al. 2023, section 4.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "spec/batch.h"

namespace caracal {

/// Reference-counted blocks of one KV group. Not thread safe: the engine's loop owns it.
class BlockPool {
 public:
  explicit BlockPool(int32_t n_blocks);

  /// A block with one reference, or nothing when the pool is empty (an outcome, not an error).
  std::optional<BlockId> allocate();
  void add_ref(BlockId id);
  /// Drops one reference; the block is free when none is left.
  void release(BlockId id);

  int32_t n_blocks() const { return static_cast<int32_t>(ref_counts_.size()); }
  int32_t n_free() const { return static_cast<int32_t>(free_.size()); }
  int32_t ref_count(BlockId id) const { return ref_counts_[static_cast<size_t>(id)]; }

 private:
  std::vector<int32_t> ref_counts_;
  std::vector<BlockId> free_;
};

/// One sequence's blocks in slot order: slot s lies in block s / block_tokens at s % block_tokens.
class BlockTable {
 public:
  BlockTable(BlockPool& pool, int32_t block_tokens, int32_t max_slots);
  ~BlockTable() { truncate(0); }
  BlockTable(const BlockTable&) = delete;
  BlockTable& operator=(const BlockTable&) = delete;

  /// Makes room for n_slots. False, and nothing changed, when the pool has too few free blocks.
  /// Allocates no memory below max_slots.
  [[nodiscard]] bool grow(int32_t n_slots);
  /// Gives back the blocks behind the first n_slots.
  void truncate(int32_t n_slots);
  /// Blocks that grow(n_slots) would take.
  int32_t missing_blocks(int32_t n_slots) const;

  std::span<const BlockId> blocks() const { return blocks_; }
  /// Exchanges the blocks with another table of the same pool.
  void swap(BlockTable& other) noexcept { blocks_.swap(other.blocks_); }

 private:
  BlockPool& pool_;
  int32_t block_tokens_;
  std::vector<BlockId> blocks_;
};

}  // namespace caracal
