/// What can stand after `is`.
#include "base/utf8.h"
#include "text/template/builtin_tables.h"
#include "text/template/ops.h"
#include "text/template/unicode.h"

namespace caracal::jinja {
namespace {

Value yes(bool b) { return Value::boolean(b); }

Value remainder(Invocation& c, int64_t divisor) {
  return binary(c.budget, BinaryOp::mod, c.self, Value::integer(divisor));
}

Value is_odd(Invocation& c) { return yes(equal(c.budget, remainder(c, 2), Value::integer(1))); }
Value is_even(Invocation& c) { return yes(equal(c.budget, remainder(c, 2), Value::integer(0))); }
Value is_divisibleby(Invocation& c) {
  return yes(
      equal(c.budget, binary(c.budget, BinaryOp::mod, c.self, c.args[0]), Value::integer(0)));
}

Value is_defined(Invocation& c) { return yes(!c.self.is_undefined()); }
Value is_undefined(Invocation& c) { return yes(c.self.is_undefined()); }
Value is_none(Invocation& c) { return yes(c.self.is_none()); }
Value is_boolean(Invocation& c) { return yes(c.self.is(Kind::boolean)); }
Value is_true(Invocation& c) { return yes(c.self.is(Kind::boolean) && c.self.to_int()); }
Value is_false(Invocation& c) { return yes(c.self.is(Kind::boolean) && !c.self.to_int()); }
Value is_integer(Invocation& c) { return yes(c.self.is(Kind::integer)); }
Value is_float(Invocation& c) { return yes(c.self.is(Kind::real)); }
Value is_number(Invocation& c) { return yes(c.self.is_number()); }
Value is_string(Invocation& c) { return yes(c.self.is_string()); }
Value is_mapping(Invocation& c) { return yes(c.self.is_dict()); }
Value is_iterable(Invocation& c) { return yes(Cursor::can_iterate(c.self)); }

Value is_sequence(Invocation& c) {
  return yes(c.self.is_undefined() || c.self.is_string() || c.self.is_sequence() ||
             c.self.is_dict() || c.self.is(Kind::range));
}

Value is_callable(Invocation& c) {
  const Kind k = c.self.kind();
  return yes(k == Kind::undefined || k == Kind::function || k == Kind::macro || k == Kind::joiner ||
             k == Kind::loop);
}

Value is_sameas(Invocation& c) { return yes(c.self.same_as(c.args[0])); }
Value is_escaped(Invocation& c) {
  return yes(c.self.is_string() && c.self.get<StringObject>().markup);
}
Value is_in(Invocation& c) { return yes(contains(c.budget, c.args[0], c.self)); }

/// At least one cased character, and all cased ones of that case.
Value has_case(Invocation& c, bool (*wanted)(uint32_t)) {
  const std::string text = to_text(c.budget, c.self);
  bool any = false;
  for (size_t at = 0; at < text.size();) {
    const uint32_t p = next_code_point(text, at);
    if (!is_cased(p)) continue;
    if (!wanted(p)) return yes(false);
    any = true;
  }
  return yes(any);
}
Value is_lower_case(Invocation& c) { return has_case(c, is_lower); }
Value is_upper_case(Invocation& c) { return has_case(c, is_upper); }

Value is_filter(Invocation& c) { return yes(c.self.is_string() && find_filter(c.self.text())); }
Value is_test(Invocation& c) { return yes(c.self.is_string() && find_test(c.self.text())); }

Value is_eq(Invocation& c) { return yes(equal(c.budget, c.self, c.args[0])); }
Value is_ne(Invocation& c) { return yes(!equal(c.budget, c.self, c.args[0])); }
Value is_lt(Invocation& c) { return yes(compare(c.budget, c.self, c.args[0], "<") < 0); }
Value is_le(Invocation& c) { return yes(compare(c.budget, c.self, c.args[0], "<=") <= 0); }
Value is_gt(Invocation& c) { return yes(compare(c.budget, c.self, c.args[0], ">") > 0); }
Value is_ge(Invocation& c) { return yes(compare(c.budget, c.self, c.args[0], ">=") >= 0); }

constexpr Builtin kTable[] = {
    {"!=", is_ne, "other", 1},
    {"<", is_lt, "other", 1},
    {"<=", is_le, "other", 1},
    {"==", is_eq, "other", 1},
    {">", is_gt, "other", 1},
    {">=", is_ge, "other", 1},
    {"boolean", is_boolean, ""},
    {"callable", is_callable, ""},
    {"defined", is_defined, ""},
    {"divisibleby", is_divisibleby, "num", 1},
    {"eq", is_eq, "other", 1},
    {"equalto", is_eq, "other", 1},
    {"escaped", is_escaped, ""},
    {"even", is_even, ""},
    {"false", is_false, ""},
    {"filter", is_filter, ""},
    {"float", is_float, ""},
    {"ge", is_ge, "other", 1},
    {"greaterthan", is_gt, "other", 1},
    {"gt", is_gt, "other", 1},
    {"in", is_in, "seq", 1},
    {"integer", is_integer, ""},
    {"iterable", is_iterable, ""},
    {"le", is_le, "other", 1},
    {"lessthan", is_lt, "other", 1},
    {"lower", is_lower_case, ""},
    {"lt", is_lt, "other", 1},
    {"mapping", is_mapping, ""},
    {"ne", is_ne, "other", 1},
    {"none", is_none, ""},
    {"number", is_number, ""},
    {"odd", is_odd, ""},
    {"sameas", is_sameas, "other", 1},
    {"sequence", is_sequence, ""},
    {"string", is_string, ""},
    {"test", is_test, ""},
    {"true", is_true, ""},
    {"undefined", is_undefined, ""},
    {"upper", is_upper_case, ""},
};

}  // namespace

std::span<const Builtin> tests() { return kTable; }

}  // namespace caracal::jinja
