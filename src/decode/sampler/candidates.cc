#include "decode/sampler/candidates.h"

#include <cmath>

#include "base/check.h"

namespace caracal {
namespace {

constexpr float kMaxFinite = std::numeric_limits<float>::max();
constexpr size_t kBlock = 64;  // logits looked at together; the compiler vectorises a block

/// Beyond this a heap over the whole row costs more than selecting in a list.
constexpr size_t kMaxHeap = 1024;

float max_of(std::span<const float> x) {
  float lanes[16];
  std::fill(std::begin(lanes), std::end(lanes), kRemoved);
  size_t i = 0;
  for (; i + 16 <= x.size(); i += 16) {
    for (size_t j = 0; j < 16; ++j) lanes[j] = x[i + j] > lanes[j] ? x[i + j] : lanes[j];
  }
  float best = *std::max_element(std::begin(lanes), std::end(lanes));
  for (; i < x.size(); ++i) best = std::max(best, x[i]);
  return best;
}

bool all_below_infinity(std::span<const float> x) {
  int bad = 0;
  for (const float v : x) bad |= !(v <= kMaxFinite);  // NaN compares false
  return bad == 0;
}

bool any_above(std::span<const float> x, float bound) {
  int found = 0;
  for (const float v : x) found |= v > bound;
  return found != 0;
}

}  // namespace

Candidates::Candidates(int32_t n_vocab)
    : own_(static_cast<size_t>(n_vocab)), list_(static_cast<size_t>(n_vocab)) {}

bool Candidates::load(std::span<const float> logits) noexcept {
  CRCL_CHECK_OP(logits.size(), ==, own_.size());
  n_items_ = n_ordered_ = 0;
  dense_ = all_below_infinity(logits);
  row_ = dense_ ? logits : std::span<const float>();
  return dense_;
}

float* Candidates::own_logits() noexcept {
  if (row_.data() != own_.data()) {
    std::copy(row_.begin(), row_.end(), own_.begin());
    row_ = own_;
  }
  return own_.data();
}

void Candidates::add(TokenId id, float bias) noexcept {
  CRCL_CHECK(dense_);
  float& logit = own_logits()[id];
  logit = clamp_logit(logit + bias);
}

template <class Keep>
void Candidates::list_if(Keep keep) noexcept {
  n_items_ = n_ordered_ = 0;
  for (size_t id = 0; id < row_.size(); ++id) {
    if (keep(row_[id])) list_[n_items_++] = {static_cast<TokenId>(id), row_[id], 0};
  }
  dense_ = false;
}

void Candidates::list_all() noexcept {
  list_if([](float logit) { return logit != kRemoved; });
}

std::span<Candidate> Candidates::items() noexcept {
  if (dense_) list_all();
  return {list_.data(), n_items_};
}

void Candidates::restrict_to(std::span<const TokenId> ids) noexcept {
  CRCL_CHECK(dense_);
  n_items_ = n_ordered_ = 0;
  for (const TokenId id : ids) {
    const float logit = row_[static_cast<size_t>(id)];
    if (logit != kRemoved) list_[n_items_++] = {id, logit, 0};
  }
  dense_ = false;
}

void Candidates::list_top_of_row(size_t k) noexcept {
  // A heap of the k best so far, the worst of them in front. Ids ascend, so a later equal never
  // wins.
  const auto heap = list_.begin();
  size_t n = 0;
  for (size_t begin = 0; begin < row_.size(); begin += kBlock) {
    const size_t end = std::min(begin + kBlock, row_.size());
    if (n == k && !any_above(row_.subspan(begin, end - begin), heap->logit)) continue;
    for (size_t id = begin; id < end; ++id) {
      const float bound = n == k ? heap->logit : kRemoved;
      if (!(row_[id] > bound)) continue;
      if (n == k) std::pop_heap(heap, heap + static_cast<ptrdiff_t>(n--), Likelier());
      heap[static_cast<ptrdiff_t>(n++)] = {static_cast<TokenId>(id), row_[id], 0};
      std::push_heap(heap, heap + static_cast<ptrdiff_t>(n), Likelier());
    }
  }
  std::sort_heap(heap, heap + static_cast<ptrdiff_t>(n), Likelier());
  n_items_ = n_ordered_ = n;
  dense_ = false;
}

void Candidates::keep_top(size_t k) noexcept {
  if (dense_ && k <= kMaxHeap) return list_top_of_row(k);
  ordered(k);
  keep_first(k);
}

void Candidates::keep_above(float threshold, size_t min_keep) noexcept {
  size_t n_above = 0;
  for_each_logit([&](float logit) { n_above += logit >= threshold; });
  if (n_above < min_keep) return keep_top(min_keep);
  if (dense_) return list_if([=](float logit) { return logit >= threshold && logit != kRemoved; });
  keep_if([=](const Candidate& c) { return c.logit >= threshold; });
}

void Candidates::keep_first(size_t n) noexcept {
  n_items_ = std::min(n, items().size());
  n_ordered_ = std::min(n_ordered_, n_items_);
}

void Candidates::drop_first(size_t n) noexcept {
  n = std::min(n, items().size());
  const auto first = list_.begin();
  std::copy(first + static_cast<ptrdiff_t>(n), first + static_cast<ptrdiff_t>(n_items_), first);
  n_items_ -= n;
  n_ordered_ = n_ordered_ > n ? n_ordered_ - n : 0;
}

float Candidates::max_logit() const noexcept {
  if (dense_) return max_of(row_);
  if (n_ordered_ > 0) return list_[0].logit;
  float best = kRemoved;
  for_each_logit([&](float logit) { best = std::max(best, logit); });
  return best;
}

TokenId Candidates::best() const noexcept {
  const float best = max_logit();
  if (best == kRemoved) return kNoToken;
  if (dense_) {
    return static_cast<TokenId>(std::find(row_.begin(), row_.end(), best) - row_.begin());
  }
  return std::min_element(list_.begin(), list_.begin() + static_cast<ptrdiff_t>(n_items_),
                          Likelier())
      ->id;
}

void Candidates::divide_logits(float temperature) noexcept {
  for (Candidate& c : items()) {
    c.logit = std::clamp(c.logit / temperature, -kMaxFinite, kMaxFinite);
  }
}

std::span<Candidate> Candidates::softmax() noexcept {
  const std::span<Candidate> all = items();
  const float best = max_logit();
  double total = 0;
  for (Candidate& c : all) total += c.p = std::exp(c.logit - best);
  const auto scale = static_cast<float>(1 / total);
  for (Candidate& c : all) c.p *= scale;
  return all;
}

std::span<Candidate> Candidates::ordered(size_t n) noexcept {
  const std::span<Candidate> all = items();
  n_ordered_ = extend_ordered(all, n_ordered_, n, Likelier());
  return all;
}

}  // namespace caracal
