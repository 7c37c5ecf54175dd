#include "text/tokenizer/pair_table.h"

#include <bit>

namespace caracal {

PairTable::PairTable(size_t n_pairs)
    : slots_(std::bit_ceil(2 * n_pairs + 2)), mask_(slots_.size() - 1) {}

void PairTable::add(TokenId left, TokenId right, Merge merge) {
  const uint64_t key = key_of(left, right);
  size_t at = slot_of(key);
  while (slots_[at].merge.result != kNoToken) {
    if (slots_[at].key == key) return;
    at = (at + 1) & mask_;
  }
  slots_[at] = {key, merge};
}

}  // namespace caracal
