#pragma once
#include <cstdint>
#include <vector>

#include "text/tokenizer/merge_symbols.h"

namespace caracal {

/// Merges by the ids of their two halves: an open-addressing hash table that is filled once.
class PairTable {
 public:
  explicit PairTable(size_t n_pairs);

  /// The first merge of a pair stays when the pair is given again. At most n_pairs distinct pairs.
  void add(TokenId left, TokenId right, Merge merge);
  /// The merge of the pair; its result is kNoToken when there is none.
  Merge find(TokenId left, TokenId right) const {
    for (size_t at = slot_of(key_of(left, right));; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.merge.result == kNoToken || slot.key == key_of(left, right)) return slot.merge;
    }
  }

 private:
  struct Slot {
    uint64_t key = 0;
    Merge merge;  // result kNoToken: free
  };
  static uint64_t key_of(TokenId left, TokenId right) {
    return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
  }
  // Fibonacci hashing (Knuth, TAOCP vol. 3, sec. 6.4) after folding the halves together.
  size_t slot_of(uint64_t key) const {
    return static_cast<size_t>(((key ^ (key >> 29)) * 0x9E3779B97F4A7C15u) >> 32) & mask_;
  }

  std::vector<Slot> slots_;
  size_t mask_;
};

}  // namespace caracal
