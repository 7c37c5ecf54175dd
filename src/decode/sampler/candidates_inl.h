#pragma once
/// Template bodies of candidates.h.
#include <algorithm>
#include <limits>

namespace caracal {

inline constexpr float kRemoved = -std::numeric_limits<float>::infinity();

/// Keeps finite arithmetic finite: an overflow upwards would poison the softmax.
inline float clamp_logit(float x) { return std::min(x, std::numeric_limits<float>::max()); }

template <class Before>
size_t extend_ordered(std::span<Candidate> items, size_t n_ordered, size_t n, Before before) {
  n = std::min(n, items.size());
  if (n <= n_ordered) return n_ordered;
  const auto first = items.begin() + static_cast<ptrdiff_t>(n_ordered);
  const auto last = items.begin() + static_cast<ptrdiff_t>(n);
  if (last != items.end()) std::nth_element(first, last, items.end(), before);
  std::sort(first, last, before);
  return n;
}

template <class Keep>
void Candidates::keep_if(Keep keep) noexcept {
  const auto first = list_.begin();
  const auto end = std::remove_if(first, first + static_cast<ptrdiff_t>(n_items_),
                                  [&](const Candidate& c) { return !keep(c); });
  n_items_ = static_cast<size_t>(end - first);
  n_ordered_ = std::min(n_ordered_, n_items_);
}

template <class T, class Edit>
void Candidates::edit(const TokenTable<T>& table, Edit edit) noexcept {
  if (dense_) {
    float* logits = own_logits();
    for (const TokenId id : table.listed()) {
      if (logits[id] != kRemoved) logits[id] = clamp_logit(edit(logits[id], table.at(id)));
    }
    return;
  }
  for (Candidate& c : items()) {
    if (table.contains(c.id)) c.logit = clamp_logit(edit(c.logit, table.at(c.id)));
  }
  keep_if([](const Candidate& c) { return c.logit != kRemoved; });
  forget_order();
}

template <class F>
void Candidates::for_each_logit(F f) const noexcept {
  if (dense_) {
    for (const float logit : row_) {
      if (logit != kRemoved) f(logit);
    }
    return;
  }
  for (size_t i = 0; i < n_items_; ++i) f(list_[i].logit);
}

}  // namespace caracal
