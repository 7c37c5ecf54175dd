/// Length, iteration, subscripts and slices.
#include <algorithm>

#include "base/utf8.h"
#include "text/template/failure.h"
#include "text/template/loop.h"
#include "text/template/ops.h"
#include "text/template/unicode.h"

namespace caracal::jinja {
namespace {

Value range_at(const RangeObject& range, int64_t index) {
  return Value::integer(range.start + index * range.step);
}

/// Where a subscript points, or -1 when it is outside.
int64_t place(int64_t index, int64_t size) {
  if (index < 0) index += size;
  return index >= 0 && index < size ? index : -1;
}

struct Bounds {
  int64_t start, step, count;
};

std::optional<int64_t> bound(const Value& value) {
  if (value.is_missing() || value.is_none()) return std::nullopt;
  require_defined(value);
  if (!value.is_int()) {
    fail("slice indices must be integers or None or have an __index__ method");
  }
  return value.to_int();
}

/// PySlice_AdjustIndices.
Bounds resolve(const Value& start, const Value& stop, const Value& step_value, int64_t size) {
  const int64_t step = std::max(bound(step_value).value_or(1), -INT64_MAX);
  if (step == 0) fail("slice step cannot be zero");
  const int64_t low = step < 0 ? -1 : 0, high = step < 0 ? size - 1 : size;
  const auto clamp = [&](std::optional<int64_t> at, int64_t otherwise) {
    if (!at) return otherwise;
    return std::clamp(*at < 0 ? *at + size : *at, low, high);
  };
  const int64_t first = clamp(bound(start), step < 0 ? high : low);
  const int64_t last = clamp(bound(stop), step < 0 ? low : high);
  int64_t count = 0;
  if (step < 0 && last < first) count = (first - last - 1) / -step + 1;
  if (step > 0 && first < last) count = (last - first - 1) / step + 1;
  return {first, step, count};
}

Value slice_text(Budget& budget, const StringObject& source, const Bounds& b) {
  std::string out;
  if (b.step == 1) {
    const size_t from = offset_of(source, static_cast<size_t>(b.start));
    const size_t to = offset_of(source, static_cast<size_t>(b.start + b.count));
    out = source.text.substr(from, std::max(to, from) - from);
  } else if (source.is_ascii()) {
    for (int64_t i = 0; i < b.count; ++i)
      out += source.text[static_cast<size_t>(b.start + i * b.step)];
  } else {
    const std::vector<uint32_t> points = code_points(source.text);
    for (int64_t i = 0; i < b.count; ++i) {
      append_utf8(out, points[static_cast<size_t>(b.start + i * b.step)]);
    }
  }
  return make_string(&budget, std::move(out), source.markup);
}

Value slice_range(Budget& budget, const RangeObject& range, const Bounds& b) {
  int64_t step = 0, stop = 0;
  const int64_t start = range.start + b.start * range.step;
  if (__builtin_mul_overflow(b.step, range.step, &step) ||
      __builtin_mul_overflow(step, b.count, &stop) || __builtin_add_overflow(stop, start, &stop)) {
    unsupported("a range whose bounds do not fit 64 bits");
  }
  return Value::object(Kind::range, new RangeObject(&budget, start, stop, step));
}

}  // namespace

std::optional<int64_t> length_of(const Value& value) {
  const auto size = [](size_t n) { return static_cast<int64_t>(n); };
  switch (value.kind()) {
    case Kind::undefined:
      return 0;
    case Kind::string:
      return size(value.get<StringObject>().length);
    case Kind::list:
    case Kind::tuple:
      return size(value.items().size());
    case Kind::dict:
      return size(value.get<DictObject>().entries.size());
    case Kind::dict_view:
      return size(value.get<DictViewObject>().dict.get<DictObject>().entries.size());
    case Kind::range:
      return value.get<RangeObject>().size();
    case Kind::loop:
      return value.get<LoopObject>().length();
    default:
      return std::nullopt;
  }
}

int64_t require_length(const Value& value) {
  const std::optional<int64_t> length = length_of(value);
  if (!length) fail("object of type '{}' has no len()", type_name(value));
  return *length;
}

Value find_item(Budget& budget, const Value& object, const Value& key) {
  budget.step();
  require_defined(object);
  if (object.is_dict()) {
    if (key.is(Kind::list) || key.is_dict()) return {};  // unhashable
    const Value* found = object.get<DictObject>().find(key);
    return found ? *found : Value();
  }
  const bool subscriptable = object.is_string() || object.is_sequence() || object.is(Kind::range);
  if (!key.is_int() || !subscriptable) return {};
  const int64_t at = place(key.to_int(), *length_of(object));
  if (at < 0) return {};
  if (object.is_sequence()) return object.items()[static_cast<size_t>(at)];
  if (object.is(Kind::range)) return range_at(object.get<RangeObject>(), at);
  return slice_text(budget, object.get<StringObject>(), {at, 1, 1});
}

Value slice(Budget& budget, const Value& object, const Value& start, const Value& stop,
            const Value& step) {
  require_defined(object);
  const bool sliceable = object.is_string() || object.is_sequence() || object.is(Kind::range);
  if (object.is_dict()) fail("unhashable type: 'slice'");
  if (!sliceable) fail("'{}' object is not subscriptable", type_name(object));
  const Bounds b = resolve(start, stop, step, *length_of(object));
  budget.step(static_cast<size_t>(b.count));
  if (object.is_string()) {
    budget.step(object.text().size());
    return slice_text(budget, object.get<StringObject>(), b);
  }
  if (object.is(Kind::range)) {
    return slice_range(budget, object.get<RangeObject>(), b);
  }
  budget.check_room(static_cast<size_t>(b.count) * sizeof(Value));
  std::vector<Value> items;
  items.reserve(static_cast<size_t>(b.count));
  for (int64_t i = 0; i < b.count; ++i) {
    items.push_back(object.items()[static_cast<size_t>(b.start + i * b.step)]);
  }
  return object.is(Kind::list) ? make_list(&budget, std::move(items))
                               : make_tuple(&budget, std::move(items));
}

bool Cursor::can_iterate(const Value& source) {
  switch (source.kind()) {
    case Kind::undefined:
    case Kind::string:
    case Kind::list:
    case Kind::tuple:
    case Kind::dict:
    case Kind::dict_view:
    case Kind::range:
    case Kind::iterator:
    case Kind::loop:
      return true;
    default:
      return false;
  }
}

Cursor::Cursor(Value source) : source_(std::move(source)) {
  if (!can_iterate(source_)) fail("'{}' object is not iterable", type_name(source_));
  if (source_.is(Kind::loop)) unsupported("iterating over the loop variable itself");
}

bool Cursor::next(Budget& budget, Value& out) {
  budget.step();
  const auto dict_entry = [&](const DictObject& dict, DictPart part) {
    if (at_ >= dict.entries.size()) return false;
    const auto& [key, value] = dict.entries[at_++];
    out = part == DictPart::keys     ? key
          : part == DictPart::values ? value
                                     : make_tuple(&budget, {key, value});
    return true;
  };
  switch (source_.kind()) {
    case Kind::string: {
      const auto& s = source_.get<StringObject>();
      if (at_ >= s.text.size()) return false;
      const size_t from = at_;
      next_code_point(s.text, at_);
      out = make_string(&budget, s.text.substr(from, at_ - from), s.markup);
      return true;
    }
    case Kind::list:
    case Kind::tuple:
      if (at_ >= source_.items().size()) return false;
      out = source_.items()[at_++];
      return true;
    case Kind::dict:
      return dict_entry(source_.get<DictObject>(), DictPart::keys);
    case Kind::dict_view: {
      const auto& view = source_.get<DictViewObject>();
      return dict_entry(view.dict.get<DictObject>(), view.part);
    }
    case Kind::range: {
      const auto& range = source_.get<RangeObject>();
      if (static_cast<int64_t>(at_) >= range.size()) return false;
      out = range_at(range, static_cast<int64_t>(at_++));
      return true;
    }
    case Kind::iterator: {
      auto& iterator = source_.get<IteratorObject>();
      if (iterator.running) fail("generator already executing");
      iterator.running = true;
      const bool more = iterator.pull(out);
      iterator.running = false;
      return more;
    }
    default:
      return false;
  }
}

std::vector<Value> collect(Budget& budget, const Value& iterable) {
  Cursor cursor(iterable);
  std::vector<Value> items;
  for (Value v; cursor.next(budget, v);) {
    if (items.size() == items.capacity()) budget.check_room(items.size() * 2 * sizeof(Value));
    items.push_back(std::move(v));
  }
  return items;
}

}  // namespace caracal::jinja
