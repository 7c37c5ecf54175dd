#pragma once
/// The working set a sampler chain narrows down.
#include <cstdint>
#include <span>
#include <vector>

#include "decode/sampler/token_table.h"
#include "spec/token.h"

namespace caracal {

struct Candidate {
  TokenId id = kNoToken;
  float logit = 0;
  float p = 0;  ///< valid after Candidates::softmax
};

/// The total order of candidates: higher logit first, then lower id.
struct Likelier {
  bool operator()(const Candidate& a, const Candidate& b) const {
    return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
  }
};

/// Puts the n first items under `before` in order at the front, given that the first n_ordered
/// already are: a selection, not a full sort. Returns n, at most the number of items.
template <class Before>
size_t extend_ordered(std::span<Candidate> items, size_t n_ordered, size_t n, Before before);

/// Tokens still in play and their logits. Right after load they are *dense*: every id, read
/// straight from the model's row; the first step that truncates makes a list of them. A logit of
/// minus infinity means "not in play". Nothing here allocates after construction, whatever the
/// steps do.
class Candidates {
 public:
  explicit Candidates(int32_t n_vocab);

  /// Starts over with a row of n_vocab logits, which must stay alive and unchanged until the next
  /// load. False when a logit is NaN or plus infinity; the set is then empty.
  bool load(std::span<const float> logits) noexcept;

  // Editing logits. Results are clamped to finite values; minus infinity removes the token.
  /// Adds bias to one token; only while dense.
  void add(TokenId id, float bias) noexcept;
  /// logit = edit(logit, value) for every token listed in the table.
  template <class T, class Edit>
  void edit(const TokenTable<T>& table, Edit edit) noexcept;
  /// Divides every logit by temperature (> 0).
  void divide_logits(float temperature) noexcept;

  // Truncation. The order of what is kept is kept.
  /// Only these ids, sorted and unique; only while dense.
  void restrict_to(std::span<const TokenId> ids) noexcept;
  /// The k likeliest, likeliest first; k ≥ 1.
  void keep_top(size_t k) noexcept;
  /// Logits ≥ threshold, but at least the min_keep (≥ 1) likeliest.
  void keep_above(float threshold, size_t min_keep) noexcept;
  /// The first n items.
  void keep_first(size_t n) noexcept;
  /// All but the first n items.
  void drop_first(size_t n) noexcept;

  // Looking at them.
  /// Highest logit; minus infinity when the set is empty.
  float max_logit() const noexcept;
  /// The likeliest token, the lowest id among equals; kNoToken when the set is empty.
  TokenId best() const noexcept;
  /// f(logit) for every token in play.
  template <class F>
  void for_each_logit(F f) const noexcept;
  /// The list; makes it if the set is still dense.
  std::span<Candidate> items() noexcept;
  /// items() with p = softmax(logit) over the set.
  std::span<Candidate> softmax() noexcept;
  /// items() of which at least the first n (or all) are the likeliest ones in order.
  std::span<Candidate> ordered(size_t n) noexcept;
  /// After the items were put in another order.
  void forget_order() noexcept { n_ordered_ = 0; }
  int32_t n_vocab() const { return static_cast<int32_t>(own_.size()); }

 private:
  float* own_logits() noexcept;
  void list_all() noexcept;
  void list_top_of_row(size_t k) noexcept;
  template <class Keep>
  void list_if(Keep keep) noexcept;
  template <class Keep>
  void keep_if(Keep keep) noexcept;

  std::span<const float> row_;   // by id, while dense: the model's row, or own_ once edited
  std::vector<float> own_;       // [n_vocab]
  std::vector<Candidate> list_;  // [n_vocab], the first n_items_ used
  size_t n_items_ = 0;
  size_t n_ordered_ = 0;  // so many leading items are the likeliest ones in order
  bool dense_ = false;
};

}  // namespace caracal

#include "decode/sampler/candidates_inl.h"
