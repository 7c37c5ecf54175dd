#pragma once
/// The merge loop that both kinds of byte-pair encoding share: a linked list of symbols and a heap
/// of candidate pairs, so that a run of n symbols costs O(n log n).
/// Sennrich et al. 2016, "Neural machine translation of rare words with subword units", alg. 1.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "spec/token.h"

namespace caracal {

/// A stretch of the word that is one token so far. bytes is 0 once it was merged to the left.
struct Symbol {
  uint32_t begin;  ///< offset of its first byte in the word
  uint32_t bytes;
  TokenId id;  ///< kNoToken: a character the vocabulary does not know
  uint32_t prev = 0, next = 0;
};

/// What a pair of neighbours becomes; the lowest priority number is merged first.
struct Merge {
  uint32_t priority = 0;
  TokenId result = kNoToken;  ///< kNoToken: the pair does not merge
};

/// Keeps its buffers between words; one per encode call.
class SymbolMerger {
 public:
  void clear() { symbols_.clear(); }
  void add(uint32_t begin, uint32_t bytes, TokenId id) { symbols_.push_back({begin, bytes, id}); }

  /// Merges until nothing merges: always the pair with the lowest priority, the leftmost among
  /// equals. find(left, right) gives the Merge of two neighbouring symbols.
  template <class Find>
  void merge(Find&& find) {
    const auto n = static_cast<uint32_t>(symbols_.size());
    if (n < 2) return;
    heap_.clear();
    for (uint32_t i = 0; i < n; ++i) {
      symbols_[i].prev = i == 0 ? kEnd : i - 1;
      symbols_[i].next = i + 1 == n ? kEnd : i + 1;
    }
    for (uint32_t i = 0; i + 1 < n; ++i) consider(i, find);
    std::make_heap(heap_.begin(), heap_.end(), later);
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end(), later);
      const Candidate candidate = heap_.back();
      heap_.pop_back();
      if (is_stale(candidate)) continue;
      join(candidate);
      const Symbol& joined = symbols_[candidate.left()];
      if (joined.prev != kEnd) push(joined.prev, find);
      if (joined.next != kEnd) push(candidate.left(), find);
    }
  }

  /// Calls visit(symbol) for each symbol that is left, in order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Symbol& symbol : symbols_)
      if (symbol.bytes > 0) visit(symbol);
  }

 private:
  static constexpr uint32_t kEnd = UINT32_MAX;

  struct Candidate {
    uint64_t order;  // priority, then place of the left symbol
    uint32_t bytes;  // of both together: another length means that one of them has grown
    TokenId result;

    uint32_t left() const { return static_cast<uint32_t>(order); }
  };
  static bool later(const Candidate& a, const Candidate& b) { return a.order > b.order; }

  // Looks up the pair of left and its neighbour; true when it merges.
  template <class Find>
  bool consider(uint32_t left, Find& find) {
    const Symbol& l = symbols_[left];
    const Symbol& r = symbols_[l.next];
    const Merge merge = find(l, r);
    if (merge.result == kNoToken) return false;
    heap_.push_back({uint64_t{merge.priority} << 32 | left, l.bytes + r.bytes, merge.result});
    return true;
  }
  template <class Find>
  void push(uint32_t left, Find& find) {
    if (consider(left, find)) std::push_heap(heap_.begin(), heap_.end(), later);
  }

  bool is_stale(const Candidate& c) const {
    const Symbol& left = symbols_[c.left()];
    return left.bytes == 0 || left.next == kEnd ||
           left.bytes + symbols_[left.next].bytes != c.bytes;
  }

  void join(const Candidate& c) {
    Symbol& left = symbols_[c.left()];
    Symbol& right = symbols_[left.next];
    left.bytes += right.bytes;
    left.id = c.result;
    left.next = right.next;
    right.bytes = 0;
    if (left.next != kEnd) symbols_[left.next].prev = c.left();
  }

  std::vector<Symbol> symbols_;
  std::vector<Candidate> heap_;
};

}  // namespace caracal
