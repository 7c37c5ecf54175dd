/// map, select, reject and their attribute forms: generators that call other filters and tests.
#include <algorithm>
#include <memory>

#include "text/template/attribute_path.h"
#include "text/template/builtin_tables.h"
#include "text/template/failure.h"
#include "text/template/interpreter.h"
#include "text/template/ops.h"

namespace caracal::jinja {
namespace {

using Transform = std::function<Value(const Value& item)>;

int depth_of(const Invocation& c) {
  int depth = c.self.depth();
  for (const Value& v : c.args) depth = std::max(depth, v.depth());
  for (const auto& keyword : c.keywords) depth = std::max(depth, keyword.second.depth());
  return depth + 1;
}

const Builtin& named(const Builtin* (*find)(std::string_view), const Value& name,
                     std::string_view what) {
  const Builtin* found = name.is_string() ? find(name.text()) : nullptr;
  if (!found) fail("No {} named {}.", what, repr_plain(name));
  return *found;
}

/// item | name(args) or item is name(args), with the arguments of c from `from` on.
Transform calling(Invocation& c, const Builtin& builtin, size_t from) {
  return [&in = c.in, &builtin, keywords = c.keywords,
          args = std::vector<Value>(c.args.begin() + static_cast<ptrdiff_t>(from), c.args.end())](
             const Value& item) { return invoke(in, builtin, item, args, keywords); };
}

Value do_map(Invocation& c) {
  struct State {
    Transform transform;
    std::unique_ptr<Cursor> cursor;
  };
  Transform transform;
  const auto keyword = [&](std::string_view name) -> Value {
    for (const auto& [key, value] : c.keywords) {
      if (key == name) return value;
    }
    return {};
  };
  if (c.args.empty() && !keyword("attribute").is_missing()) {
    for (const auto& [key, value] : c.keywords) {
      if (key != "attribute" && key != "default") fail("Unexpected keyword argument '{}'", key);
    }
    transform = [&in = c.in, path = AttributePath(c.budget, keyword("attribute")),
                 otherwise = keyword("default")](const Value& item) {
      return path.of(in, item, otherwise);
    };
  } else {
    if (c.args.empty()) fail("map requires a filter argument");
    transform = calling(c, named(find_filter, c.args[0], "filter"), 1);
  }
  const auto state = std::make_shared<State>(State{std::move(transform), nullptr});
  const auto pull = [&budget = c.budget, source = c.self, state](Value& out) {
    if (!state->cursor) {
      if (!truthy(source)) return false;
      state->cursor = std::make_unique<Cursor>(source);
    }
    Value item;
    if (!state->cursor->next(budget, item)) return false;
    out = state->transform(item);
    return true;
  };
  return make_iterator(&c.budget, "generator", pull, depth_of(c));
}

Value choose(Invocation& c, bool keep, bool by_attribute) {
  if (by_attribute && c.args.empty()) fail("Missing parameter for attribute name");
  const size_t at = by_attribute ? 1 : 0;
  const AttributePath path(c.budget, by_attribute ? c.args[0] : Value());
  Transform test = [](const Value& item) { return item; };
  if (c.args.size() > at) test = calling(c, named(find_test, c.args[at], "test"), at + 1);
  struct State {
    AttributePath path;
    Transform test;
    std::unique_ptr<Cursor> cursor;
  };
  const auto state = std::make_shared<State>(State{path, std::move(test), nullptr});
  const auto pull = [&in = c.in, source = c.self, state, keep](Value& out) {
    if (!state->cursor) {
      if (!truthy(source)) return false;
      state->cursor = std::make_unique<Cursor>(source);
    }
    while (state->cursor->next(in.budget(), out)) {
      if (truthy(state->test(state->path.of(in, out))) == keep) return true;
    }
    return false;
  };
  return make_iterator(&c.budget, "generator", pull, depth_of(c));
}

Value do_select(Invocation& c) { return choose(c, true, false); }
Value do_reject(Invocation& c) { return choose(c, false, false); }
Value do_selectattr(Invocation& c) { return choose(c, true, true); }
Value do_rejectattr(Invocation& c) { return choose(c, false, true); }

constexpr Builtin kTable[] = {
    {"map", do_map, "*"},
    {"reject", do_reject, "*"},
    {"rejectattr", do_rejectattr, "*"},
    {"select", do_select, "*"},
    {"selectattr", do_selectattr, "*"},
};

}  // namespace

std::span<const Builtin> selection_filters() { return kTable; }

}  // namespace caracal::jinja
