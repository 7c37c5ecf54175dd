#pragma once
/// The variable `loop` of a for block: where the iteration stands and what lies around it.
#include <deque>
#include <functional>

#include "text/template/macro.h"
#include "text/template/value.h"

namespace caracal::jinja {

struct For;

class LoopObject : public Object {
 public:
  using Pull = std::function<bool(Value& out)>;
  /// sized: iterable's own length counts; otherwise (a filter or a generator) asking for the
  /// length reads ahead to the end. recursive: the block that loop(...) renders, or null; home: the
  /// activation around it.
  LoopObject(Budget* budget, Value iterable, Pull pull, bool sized, const For* recursive,
             Ref<Activation> home, int depth0)
      : Object(budget, sizeof(LoopObject), iterable.depth() + 1),
        recursive(recursive),
        depth0(depth0),
        home(std::move(home)),
        iterable_(std::move(iterable)),
        pull_(std::move(pull)),
        sized_(sized) {}

  /// Moves to the next item; false at the end.
  bool advance();
  const Value& current() const { return current_; }
  const Value& previous() const { return previous_; }
  /// The item after the current one, or null at the end.
  const Value* peek();
  int64_t index0() const { return index0_; }
  int64_t length();
  /// True if values differ from those of the last call (loop.changed).
  bool changed(Budget& budget, std::vector<Value> values);
  /// The block is done: lets go of all values, so that no cycle of references stays.
  void finish() noexcept;

  const For* const recursive;
  const int depth0;
  Ref<Activation> home;

 private:
  bool fetch();

  Value iterable_;
  Pull pull_;
  bool sized_;
  std::deque<Value> ahead_;
  Value previous_, current_;
  std::vector<Value> last_values_;
  bool has_last_values_ = false;
  int64_t index0_ = -1;
  int64_t length_ = -1;
};

}  // namespace caracal::jinja
