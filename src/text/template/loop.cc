#include "text/template/loop.h"

#include "text/template/ops.h"

namespace caracal::jinja {

bool LoopObject::fetch() {
  Value item;
  if (!pull_ || !pull_(item)) return false;
  charge_more(sizeof(Value));
  ahead_.push_back(std::move(item));
  return true;
}

bool LoopObject::advance() {
  if (ahead_.empty() && !fetch()) return false;
  previous_ = std::move(current_);
  current_ = std::move(ahead_.front());
  ahead_.pop_front();
  ++index0_;
  return true;
}

const Value* LoopObject::peek() { return ahead_.empty() && !fetch() ? nullptr : &ahead_.front(); }

int64_t LoopObject::length() {
  if (length_ >= 0) return length_;
  if (sized_) return length_ = require_length(iterable_);
  while (fetch()) {
  }
  return length_ = index0_ + 1 + static_cast<int64_t>(ahead_.size());
}

bool LoopObject::changed(Budget& budget, std::vector<Value> values) {
  bool same = has_last_values_ && values.size() == last_values_.size();
  for (size_t i = 0; same && i < values.size(); ++i) {
    same = equal(budget, values[i], last_values_[i]);
  }
  if (same) return false;
  last_values_ = std::move(values);
  has_last_values_ = true;
  return true;
}

void LoopObject::finish() noexcept {
  if (length_ < 0 && !sized_) length_ = index0_ + 1 + static_cast<int64_t>(ahead_.size());
  pull_ = nullptr;
  ahead_.clear();
  last_values_.clear();
  home = {};
}

}  // namespace caracal::jinja
