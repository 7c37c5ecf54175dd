/// Filters over lists, dicts and other iterables.
#include <algorithm>
#include <memory>
#include <numeric>
#include <unordered_map>

#include "text/template/attribute_path.h"
#include "text/template/builtin_tables.h"
#include "text/template/failure.h"
#include "text/template/interpreter.h"
#include "text/template/ops.h"
#include "text/template/string_ops.h"
#include "text/template/unicode.h"

namespace caracal::jinja {
namespace {

/// Items in the order of their keys; equal keys keep their order, also when reversed.
std::vector<Value> sorted(Budget& budget, std::vector<Value> items, const std::vector<Value>& keys,
                          bool reverse) {
  std::vector<size_t> order(items.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return compare(budget, reverse ? keys[b] : keys[a], reverse ? keys[a] : keys[b], "<") < 0;
  });
  std::vector<Value> out;
  out.reserve(items.size());
  for (const size_t i : order) out.push_back(std::move(items[i]));
  return out;
}

Value do_default(Invocation& c) {
  const bool replaces = c.self.is_undefined() || (c.flag(1, false) && !truthy(c.self));
  if (!replaces) return c.self;
  return c.has(0) ? c.args[0] : c.string("");
}

Value do_length(Invocation& c) { return Value::integer(require_length(c.self)); }
Value do_list(Invocation& c) { return c.list(collect(c.budget, c.self)); }

Value do_items(Invocation& c) {
  if (c.self.is_undefined())
    return make_iterator(&c.budget, "generator", [](Value&) { return false; }, 0);
  const auto pull = [&budget = c.budget, source = c.self,
                     cursor = std::shared_ptr<Cursor>()](Value& out) mutable {
    if (!source.is_dict()) fail("Can only get item pairs from a mapping.");
    if (!cursor) cursor = std::make_shared<Cursor>(make_view(&budget, source, DictPart::items));
    return cursor->next(budget, out);
  };
  return make_iterator(&c.budget, "generator", pull, c.self.depth() + 1);
}

Value do_first(Invocation& c) {
  Cursor cursor(c.self);
  Value item;
  if (cursor.next(c.budget, item)) return item;
  return undefined_because(&c.budget, "No first item, sequence was empty.");
}

void require_reversible(const Value& value) {
  const bool reversible = value.is_undefined() || value.is_string() || value.is_sequence() ||
                          value.is_dict() || value.is(Kind::dict_view) || value.is(Kind::range);
  if (!reversible) fail("'{}' object is not reversible", type_name(value));
}

Value do_last(Invocation& c) {
  require_reversible(c.self);
  if (*length_of(c.self) == 0)
    return undefined_because(&c.budget, "No last item, sequence was empty.");
  const Value last = find_item(c.budget, c.self, Value::integer(-1));
  if (!last.is_missing() && !c.self.is_dict()) return last;
  return collect(c.budget, c.self).back();
}

Value do_reverse(Invocation& c) {
  if (c.self.is_string()) {
    return slice(c.budget, c.self, Value(), Value(), Value::integer(-1));
  }
  if (!Cursor::can_iterate(c.self)) fail("argument must be iterable");
  std::vector<Value> items = collect(c.budget, c.self);
  std::reverse(items.begin(), items.end());
  if (c.self.is(Kind::iterator)) return c.list(std::move(items));
  const char* type = c.self.is(Kind::list)    ? "list_reverseiterator"
                     : c.self.is_dict()       ? "dict_reversekeyiterator"
                     : c.self.is(Kind::range) ? "range_iterator"
                                              : "reversed";
  const Value list = c.list(std::move(items));
  const auto cursor = std::make_shared<Cursor>(list);
  return make_iterator(
      &c.budget, type,
      [&budget = c.budget, cursor](Value& out) { return cursor->next(budget, out); }, list.depth());
}

Value do_join(Invocation& c) {
  const std::string separator = c.has(0) ? to_text(c.budget, c.args[0]) : std::string();
  const AttributePath path(c.budget, c.has(1) ? c.args[1] : Value());
  TextSink out(c.budget);
  Cursor cursor(c.self);
  bool first = true;
  for (Value v; cursor.next(c.budget, v); first = false) {
    if (!first) out << separator;
    print(out, path.of(c.in, std::move(v)));
  }
  return c.string(out.take());
}

Value do_sort(Invocation& c) {
  const bool case_sensitive = c.flag(1, false);
  std::vector<AttributePath> paths;
  if (c.has(2) && c.args[2].is_string()) {
    for (const std::string_view part : split_at(c.budget, c.args[2].text(), ",", -1)) {
      paths.emplace_back(c.budget, c.string(std::string(part)));
    }
  } else {
    paths.emplace_back(c.budget, c.has(2) ? c.args[2] : Value());
  }
  std::vector<Value> items = collect(c.budget, c.self), keys;
  for (const Value& item : items) {
    std::vector<Value> key;
    for (const AttributePath& path : paths)
      key.push_back(fold_case(c.budget, path.of(c.in, item), case_sensitive));
    keys.push_back(c.list(std::move(key)));
  }
  return c.list(sorted(c.budget, std::move(items), keys, c.flag(0, false)));
}

Value do_dictsort(Invocation& c) {
  const std::string_view by = c.text(1, "key");
  if (by != "key" && by != "value") fail("You can only sort by either \"key\" or \"value\"");
  require_defined(c.self);
  if (!c.self.is_dict()) fail("'{}' object has no attribute 'items'", type_name(c.self));
  std::vector<Value> items, keys;
  for (const auto& [key, value] : c.self.get<DictObject>().entries) {
    items.push_back(make_tuple(&c.budget, {key, value}));
    keys.push_back(fold_case(c.budget, by == "key" ? key : value, c.flag(0, false)));
  }
  return c.list(sorted(c.budget, std::move(items), keys, c.flag(2, false)));
}

Value do_groupby(Invocation& c) {
  const bool case_sensitive = c.flag(2, false);
  const Value otherwise = c.has(1) ? c.args[1] : Value();
  const AttributePath path(c.budget, c.args[0]);
  std::vector<Value> items = collect(c.budget, c.self), keys;
  const auto key_of = [&](const Value& item) {
    return fold_case(c.budget, path.of(c.in, item, otherwise), case_sensitive);
  };
  for (const Value& item : items) keys.push_back(key_of(item));
  items = sorted(c.budget, std::move(items), keys, false);
  std::vector<Value> groups;
  for (size_t i = 0; i < items.size();) {
    const Value key = key_of(items[i]);
    const Value label = case_sensitive ? key : path.of(c.in, items[i], otherwise);
    std::vector<Value> members;
    do {
      members.push_back(items[i++]);
    } while (i < items.size() && equal(c.budget, key, key_of(items[i])));
    groups.push_back(make_group(&c.budget, label, c.list(std::move(members))));
  }
  return c.list(std::move(groups));
}

Value do_unique(Invocation& c) {
  struct State {
    Cursor cursor;
    AttributePath path;
    bool case_sensitive;
    std::unordered_map<uint64_t, std::vector<Value>> seen;
  };
  const auto state =
      std::make_shared<State>(State{Cursor(c.self),
                                    AttributePath(c.budget, c.has(1) ? c.args[1] : Value()),
                                    c.flag(0, false),
                                    {}});
  const auto pull = [&in = c.in, state](Value& out) {
    while (state->cursor.next(in.budget(), out)) {
      const Value key = fold_case(in.budget(), state->path.of(in, out), state->case_sensitive);
      std::vector<Value>& same_hash = state->seen[hash_of(in.budget(), key)];
      if (std::any_of(same_hash.begin(), same_hash.end(),
                      [&](const Value& other) { return equal(in.budget(), key, other); })) {
        continue;
      }
      same_hash.push_back(key);
      return true;
    }
    return false;
  };
  return make_iterator(&c.budget, "generator", pull, c.self.depth() + 1);
}

Value extreme(Invocation& c, bool largest) {
  const AttributePath path(c.budget, c.has(1) ? c.args[1] : Value());
  const bool case_sensitive = c.flag(0, false);
  Cursor cursor(c.self);
  Value best, best_key;
  for (Value v; cursor.next(c.budget, v);) {
    Value key = fold_case(c.budget, path.of(c.in, v), case_sensitive);
    const bool better = best.is_missing() || (largest ? compare(c.budget, key, best_key, ">") > 0
                                                      : compare(c.budget, key, best_key, "<") < 0);
    if (better) best = v, best_key = std::move(key);
  }
  return best.is_missing() ? undefined_because(&c.budget, "No aggregated item, sequence was empty.")
                           : best;
}

Value do_min(Invocation& c) { return extreme(c, false); }
Value do_max(Invocation& c) { return extreme(c, true); }

Value do_sum(Invocation& c) {
  const AttributePath path(c.budget, c.has(0) ? c.args[0] : Value());
  Value total = c.has(1) ? c.args[1] : Value::integer(0);
  if (total.is_string()) fail("sum() can't sum strings [use ''.join(seq) instead]");
  Cursor cursor(c.self);
  for (Value v; cursor.next(c.budget, v);) {
    total = binary(c.budget, BinaryOp::add, total, path.of(c.in, std::move(v)));
  }
  return total;
}

Value iterate_lists(Invocation& c, std::vector<Value> lists) {
  const Value all = c.list(std::move(lists));
  const auto cursor = std::make_shared<Cursor>(all);
  return make_iterator(
      &c.budget, "generator",
      [&budget = c.budget, cursor](Value& out) { return cursor->next(budget, out); }, all.depth());
}

Value do_batch(Invocation& c) {
  const int64_t size = c.integer(0, 0);
  std::vector<Value> batches, batch;
  for (Value& v : collect(c.budget, c.self)) {
    if (static_cast<int64_t>(batch.size()) == size)
      batches.push_back(c.list(std::exchange(batch, {})));
    batch.push_back(std::move(v));
  }
  if (!batch.empty()) {
    if (c.given(1) && size > 0) {
      c.budget.check_room(size > INT32_MAX ? SIZE_MAX : static_cast<size_t>(size) * sizeof(Value));
      batch.resize(std::max(batch.size(), static_cast<size_t>(size)), c.args[1]);
    }
    batches.push_back(c.list(std::move(batch)));
  }
  return iterate_lists(c, std::move(batches));
}

Value do_slice(Invocation& c) {
  const int64_t n_slices = c.integer(0, 0);
  if (n_slices == 0) fail("integer division or modulo by zero");
  const std::vector<Value> items = collect(c.budget, c.self);
  std::vector<Value> slices;
  if (n_slices > 0) {
    c.budget.check_room(n_slices > INT32_MAX ? SIZE_MAX : static_cast<size_t>(n_slices) * 64);
    const size_t n = static_cast<size_t>(n_slices), per_slice = items.size() / n,
                 n_longer = items.size() % n;
    for (size_t i = 0, at = 0; i < n; ++i) {
      const size_t end = at + per_slice + (i < n_longer);
      std::vector<Value> slice(items.begin() + static_cast<ptrdiff_t>(at),
                               items.begin() + static_cast<ptrdiff_t>(end));
      if (c.given(1) && i >= n_longer) slice.push_back(c.args[1]);
      slices.push_back(c.list(std::move(slice)));
      at = end;
    }
  }
  return iterate_lists(c, std::move(slices));
}

Value do_attr(Invocation& c) {
  const Value name = as_string(c.budget, c.args[0]);
  require_defined(c.self);
  if (c.self.is_dict() && find_attribute(c.in, c.self, name).is_missing()) {
    return undefined_member(&c.budget, c.self, name);
  }
  return c.in.get_attribute(c.self, name);
}

constexpr Builtin kTable[] = {
    {"attr", do_attr, "name", 1},
    {"batch", do_batch, "linecount fill_with", 1},
    {"count", do_length, ""},
    {"d", do_default, "default_value boolean"},
    {"default", do_default, "default_value boolean"},
    {"dictsort", do_dictsort, "case_sensitive by reverse"},
    {"first", do_first, ""},
    {"groupby", do_groupby, "attribute default case_sensitive", 1},
    {"items", do_items, ""},
    {"join", do_join, "d attribute"},
    {"last", do_last, ""},
    {"length", do_length, ""},
    {"list", do_list, ""},
    {"max", do_max, "case_sensitive attribute"},
    {"min", do_min, "case_sensitive attribute"},
    {"reverse", do_reverse, ""},
    {"slice", do_slice, "slices fill_with", 1},
    {"sort", do_sort, "reverse case_sensitive attribute"},
    {"sum", do_sum, "attribute start"},
    {"unique", do_unique, "case_sensitive attribute"},
};

}  // namespace

std::span<const Builtin> sequence_filters() { return kTable; }

}  // namespace caracal::jinja
