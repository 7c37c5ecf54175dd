/// Functions that every template can call: Jinja's, and Hugging Face's raise_exception and
/// strftime_now.
#include "text/template/builtin_tables.h"
#include "text/template/date_text.h"
#include "text/template/failure.h"
#include "text/template/interpreter.h"
#include "text/template/ops.h"

namespace caracal::jinja {
namespace {

constexpr int64_t kMaxRange = 100'000;  // the sandbox's

Value do_range(Invocation& c) {
  if (c.args.empty()) fail("range expected at least 1 argument, got 0");
  if (c.args.size() > 3) fail("range expected at most 3 arguments, got {}", c.args.size());
  if (!c.keywords.empty()) fail("range() takes no keyword arguments");
  const bool one = c.args.size() == 1;
  const int64_t start = one ? 0 : c.integer(0, 0), stop = c.integer(one ? 0 : 1, 0),
                step = c.integer(2, 1);
  if (step == 0) fail("range() arg 3 must not be zero");
  const Value range = Value::object(Kind::range, new RangeObject(&c.budget, start, stop, step));
  if (range.get<RangeObject>().size() > kMaxRange) {
    fail("Range too big. The sandbox blocks ranges larger than MAX_RANGE ({}).", kMaxRange);
  }
  return range;
}

/// The entries of dict(mapping or pairs, **keywords).
std::vector<DictObject::Entry> entries_of(Invocation& c) {
  if (c.args.size() > 1) fail("dict expected at most 1 argument, got {}", c.args.size());
  std::vector<DictObject::Entry> entries;
  if (!c.args.empty() && c.args[0].is_dict()) {
    entries = c.args[0].get<DictObject>().entries;
  } else if (!c.args.empty()) {
    Cursor cursor(c.args[0]);
    int64_t n = 0;
    for (Value v; cursor.next(c.budget, v); ++n) {
      const std::vector<Value> pair = collect(c.budget, v);
      if (pair.size() != 2) {
        fail("dictionary update sequence element #{} has length {}; 2 is required", n, pair.size());
      }
      entries.emplace_back(pair[0], pair[1]);
    }
  }
  for (auto& [name, value] : c.keywords) entries.emplace_back(c.string(name), std::move(value));
  for (const auto& entry : entries) hash_of(c.budget, entry.first);
  return entries;
}

Value do_dict(Invocation& c) { return make_dict(&c.budget, entries_of(c)); }

Value do_namespace(Invocation& c) {
  const Value space = c.in.new_namespace();
  for (auto& [key, value] : entries_of(c)) {
    if (!key.is_string()) unsupported("a namespace key that is not a string");
    space.get<NamespaceObject>().set(key.text(), std::move(value));
  }
  return space;
}

Value do_cycler(Invocation& c) {
  if (c.args.empty()) fail("at least one item has to be provided");
  return Value::object(Kind::cycler, new CyclerObject(&c.budget, std::move(c.args)));
}

Value do_joiner(Invocation& c) {
  const Value separator = c.has(0) ? c.args[0] : c.string(", ");
  return Value::object(Kind::joiner, new JoinerObject(&c.budget, separator));
}

Value do_raise_exception(Invocation& c) { fail("{}", to_text(c.budget, c.args[0])); }

Value do_strftime_now(Invocation& c) { return c.string(date_text(c.text(0), c.in.now())); }

constexpr Builtin kTable[] = {
    {"range", do_range, "*"},
    {"dict", do_dict, "*"},
    {"namespace", do_namespace, "*"},
    {"cycler", do_cycler, "*"},
    {"joiner", do_joiner, "sep"},
    {"lipsum", nullptr, "*"},
    {"raise_exception", do_raise_exception, "message", 1},
    {"strftime_now", do_strftime_now, "format", 1},
};

}  // namespace

Value find_global(Budget& budget, std::string_view name) {
  for (const Builtin& b : kTable) {
    if (b.name == name)
      return Value::object(Kind::function, new FunctionObject(&budget, b, Value()));
  }
  return {};
}

}  // namespace caracal::jinja
