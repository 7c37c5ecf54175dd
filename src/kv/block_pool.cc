#include "kv/block_pool.h"

#include <algorithm>

#include "base/check.h"

namespace caracal {

BlockPool::BlockPool(int32_t n_blocks) : ref_counts_(static_cast<size_t>(n_blocks), 0) {
  free_.reserve(static_cast<size_t>(n_blocks));
  for (BlockId id = n_blocks; id-- > 0;) free_.push_back(id);  // low numbers are handed out first
}

std::optional<BlockId> BlockPool::allocate() {
  if (free_.empty()) return std::nullopt;
  const BlockId id = free_.back();
  free_.pop_back();
  ref_counts_[static_cast<size_t>(id)] = 1;
  return id;
}

void BlockPool::add_ref(BlockId id) {
  CRCL_CHECK_OP(ref_count(id), >, 0);
  ++ref_counts_[static_cast<size_t>(id)];
}

void BlockPool::release(BlockId id) {
  CRCL_CHECK_OP(ref_count(id), >, 0);
  if (--ref_counts_[static_cast<size_t>(id)] == 0) free_.push_back(id);
}

BlockTable::BlockTable(BlockPool& pool, int32_t block_tokens, int32_t max_slots)
    : pool_(pool), block_tokens_(block_tokens) {
  blocks_.reserve(static_cast<size_t>((max_slots + block_tokens - 1) / block_tokens));
}

int32_t BlockTable::missing_blocks(int32_t n_slots) const {
  const int32_t needed = (n_slots + block_tokens_ - 1) / block_tokens_;
  return std::max(0, needed - static_cast<int32_t>(blocks_.size()));
}

bool BlockTable::grow(int32_t n_slots) {
  const int32_t missing = missing_blocks(n_slots);
  if (missing > pool_.n_free()) return false;
  for (int32_t i = 0; i < missing; ++i) blocks_.push_back(*pool_.allocate());
  return true;
}

void BlockTable::truncate(int32_t n_slots) {
  const auto keep = static_cast<size_t>((n_slots + block_tokens_ - 1) / block_tokens_);
  while (blocks_.size() > keep) {
    pool_.release(blocks_.back());
    blocks_.pop_back();
  }
}

}  // namespace caracal
