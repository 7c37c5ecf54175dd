/// Methods and attributes of lists, tuples, dicts, numbers, loops, cyclers and macros. Rows with
/// the parameters "@" are attributes; rows without a function that would change their object are
/// refused by the sandbox (find_attribute), other rows without one are not supported.
#include "text/template/ast.h"
#include "text/template/builtin_tables.h"
#include "text/template/failure.h"
#include "text/template/loop.h"
#include "text/template/macro.h"
#include "text/template/ops.h"

namespace caracal::jinja {
namespace {

Value sequence_index(Invocation& c) {
  const std::vector<Value>& items = c.self.items();
  const int64_t size = static_cast<int64_t>(items.size());
  const auto bound = [&](size_t i, int64_t otherwise) {
    const int64_t v = c.integer(i, otherwise);
    return v < 0 ? std::max<int64_t>(v + size, 0) : std::min(v, size);
  };
  for (int64_t i = bound(1, 0); i < bound(2, size); ++i) {
    if (equal(c.budget, items[static_cast<size_t>(i)], c.args[0])) return Value::integer(i);
  }
  if (c.self.is(Kind::list)) fail("{} is not in list", repr(c.budget, c.args[0]));
  fail("tuple.index(x): x not in tuple");
}

Value sequence_count(Invocation& c) {
  int64_t count = 0;
  for (const Value& v : c.self.items()) count += equal(c.budget, v, c.args[0]);
  return Value::integer(count);
}

Value list_copy(Invocation& c) { return c.list(c.self.items()); }

Value dict_get(Invocation& c) {
  hash_of(c.budget, c.args[0]);  // an unhashable key is an error, not absent
  const Value* found = c.self.get<DictObject>().find(c.args[0]);
  return found ? *found : c.has(1) ? c.args[1] : Value::none();
}
Value dict_keys(Invocation& c) { return make_view(&c.budget, c.self, DictPart::keys); }
Value dict_values(Invocation& c) { return make_view(&c.budget, c.self, DictPart::values); }
Value dict_items(Invocation& c) { return make_view(&c.budget, c.self, DictPart::items); }
Value dict_copy(Invocation& c) { return make_dict(&c.budget, c.self.get<DictObject>().entries); }

Value real_is_integer(Invocation& c) {
  const double d = c.self.to_real();
  return Value::boolean(
      d - d == 0 && d == static_cast<double>(static_cast<long double>(d) - __builtin_fmodl(d, 1)));
}
Value number_real(Invocation& c) { return positive(c.self); }

LoopObject& loop(Invocation& c) { return c.self.get<LoopObject>(); }
Value loop_index(Invocation& c) { return Value::integer(loop(c).index0() + 1); }
Value loop_index0(Invocation& c) { return Value::integer(loop(c).index0()); }
Value loop_revindex(Invocation& c) { return Value::integer(loop(c).length() - loop(c).index0()); }
Value loop_revindex0(Invocation& c) {
  return Value::integer(loop(c).length() - loop(c).index0() - 1);
}
Value loop_first(Invocation& c) { return Value::boolean(loop(c).index0() == 0); }
Value loop_last(Invocation& c) { return Value::boolean(!loop(c).peek()); }
Value loop_length(Invocation& c) { return Value::integer(loop(c).length()); }
Value loop_depth(Invocation& c) { return Value::integer(loop(c).depth0 + 1); }
Value loop_depth0(Invocation& c) { return Value::integer(loop(c).depth0); }
Value loop_previtem(Invocation& c) {
  if (loop(c).index0() == 0) return undefined_because(&c.budget, "there is no previous item");
  return loop(c).previous();
}
Value loop_nextitem(Invocation& c) {
  const Value* next = loop(c).peek();
  return next ? *next : undefined_because(&c.budget, "there is no next item");
}
Value loop_cycle(Invocation& c) {
  if (c.args.empty()) fail("no items for cycling given");
  return c.args[static_cast<size_t>(loop(c).index0()) % c.args.size()];
}
Value loop_changed(Invocation& c) { return Value::boolean(loop(c).changed(c.budget, c.args)); }

CyclerObject& cycler(Invocation& c) { return c.self.get<CyclerObject>(); }
Value cycler_current(Invocation& c) { return cycler(c).items[cycler(c).at]; }
Value cycler_next(Invocation& c) {
  const Value current = cycler_current(c);
  cycler(c).at = (cycler(c).at + 1) % cycler(c).items.size();
  return current;
}
Value cycler_reset(Invocation& c) {
  cycler(c).at = 0;
  return Value::none();
}

const MacroDef& macro(Invocation& c) { return c.self.get<MacroObject>().def; }
Value macro_name(Invocation& c) {
  return macro(c).name.empty() ? Value::none() : c.string(macro(c).name);
}
Value macro_arguments(Invocation& c) {
  std::vector<Value> names;
  for (const auto& p : macro(c).parameters) names.push_back(c.string(p.name));
  return make_tuple(&c.budget, std::move(names));
}
Value macro_caller(Invocation& c) { return Value::boolean(macro(c).caller_slot >= 0); }
Value macro_catch_kwargs(Invocation& c) { return Value::boolean(macro(c).kwargs_slot >= 0); }
Value macro_catch_varargs(Invocation& c) { return Value::boolean(macro(c).varargs_slot >= 0); }

constexpr Builtin kList[] = {
    {"append", nullptr, ""}, {"clear", nullptr, ""},
    {"copy", list_copy, ""}, {"count", sequence_count, "value", 1},
    {"extend", nullptr, ""}, {"index", sequence_index, "value start stop", 1},
    {"insert", nullptr, ""}, {"pop", nullptr, ""},
    {"remove", nullptr, ""}, {"reverse", nullptr, ""},
    {"sort", nullptr, ""},
};
constexpr Builtin kTuple[] = {
    {"count", sequence_count, "value", 1},
    {"index", sequence_index, "value start stop", 1},
};
constexpr Builtin kDict[] = {
    {"clear", nullptr, ""},      {"copy", dict_copy, ""},
    {"fromkeys", nullptr, "*"},  {"get", dict_get, "key default", 1},
    {"items", dict_items, ""},   {"keys", dict_keys, ""},
    {"pop", nullptr, ""},        {"popitem", nullptr, ""},
    {"setdefault", nullptr, ""}, {"update", nullptr, ""},
    {"values", dict_values, ""},
};
constexpr Builtin kReal[] = {
    {"as_integer_ratio", nullptr, "*"},
    {"conjugate", number_real, ""},
    {"fromhex", nullptr, "*"},
    {"hex", nullptr, "*"},
    {"imag", nullptr, "*"},
    {"is_integer", real_is_integer, ""},
    {"real", number_real, "@"},
};
constexpr Builtin kInteger[] = {
    {"as_integer_ratio", nullptr, "*"},
    {"bit_count", nullptr, "*"},
    {"bit_length", nullptr, "*"},
    {"conjugate", number_real, ""},
    {"denominator", nullptr, "*"},
    {"from_bytes", nullptr, "*"},
    {"imag", nullptr, "*"},
    {"numerator", number_real, "@"},
    {"real", number_real, "@"},
    {"to_bytes", nullptr, "*"},
};
constexpr Builtin kLoop[] = {
    {"changed", loop_changed, "*"},     {"cycle", loop_cycle, "*"},
    {"depth", loop_depth, "@"},         {"depth0", loop_depth0, "@"},
    {"first", loop_first, "@"},         {"index", loop_index, "@"},
    {"index0", loop_index0, "@"},       {"last", loop_last, "@"},
    {"length", loop_length, "@"},       {"nextitem", loop_nextitem, "@"},
    {"previtem", loop_previtem, "@"},   {"revindex", loop_revindex, "@"},
    {"revindex0", loop_revindex0, "@"},
};
constexpr Builtin kCycler[] = {
    {"current", cycler_current, "@"},
    {"next", cycler_next, ""},
    {"reset", cycler_reset, ""},
};
constexpr Builtin kMacro[] = {
    {"arguments", macro_arguments, "@"},
    {"caller", macro_caller, "@"},
    {"catch_kwargs", macro_catch_kwargs, "@"},
    {"catch_varargs", macro_catch_varargs, "@"},
    {"name", macro_name, "@"},
};

}  // namespace

std::span<const Builtin> object_methods(Kind kind) {
  switch (kind) {
    case Kind::list:
      return kList;
    case Kind::tuple:
      return kTuple;
    case Kind::dict:
      return kDict;
    case Kind::real:
      return kReal;
    case Kind::boolean:
    case Kind::integer:
      return kInteger;
    case Kind::loop:
      return kLoop;
    case Kind::cycler:
      return kCycler;
    case Kind::macro:
      return kMacro;
    default:
      return {};
  }
}

}  // namespace caracal::jinja
