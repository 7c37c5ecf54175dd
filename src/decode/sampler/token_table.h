#pragma once
/// A sparse map from token ids to values: lookup by index, cost of clearing by what was listed.
#include <algorithm>
#include <span>
#include <vector>

#include "spec/token.h"

namespace caracal {

/// T() means "not listed". Never allocates after construction.
template <class T>
class TokenTable {
 public:
  explicit TokenTable(int32_t n_vocab) : values_(static_cast<size_t>(n_vocab)) {
    listed_.reserve(values_.size());
  }

  void clear() noexcept {
    for (const TokenId id : listed_) values_[static_cast<size_t>(id)] = T();
    listed_.clear();
  }
  bool contains(TokenId id) const { return at(id) != T(); }
  const T& at(TokenId id) const { return values_[static_cast<size_t>(id)]; }
  /// Adds one. Like raise_to it ignores ids outside the vocabulary.
  void count(TokenId id) noexcept {
    if (in_vocab(id)) set(id, at(id) + T(1));
  }
  /// Sets the value unless a higher one is listed.
  void raise_to(TokenId id, T value) noexcept {
    if (in_vocab(id)) set(id, std::max(at(id), value));
  }
  std::span<const TokenId> listed() const { return listed_; }

 private:
  void set(TokenId id, T value) noexcept {
    if (!contains(id)) listed_.push_back(id);
    values_[static_cast<size_t>(id)] = value;
  }
  bool in_vocab(TokenId id) const { return id >= 0 && static_cast<size_t>(id) < values_.size(); }

  std::vector<T> values_;        // [n_vocab]
  std::vector<TokenId> listed_;  // ids whose value is not T()
};

}  // namespace caracal
