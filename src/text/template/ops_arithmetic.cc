/// + - * / // % ** and the signs, on numbers, strings, lists and tuples.
#include <cmath>
#include <optional>

#include "text/template/failure.h"
#include "text/template/format.h"
#include "text/template/ops.h"

namespace caracal::jinja {
namespace {

constexpr const char* kSigns[] = {"+", "-", "*", "/", "//", "%", "** or pow()"};

[[noreturn]] void overflow() { unsupported("an integer that does not fit 64 bits"); }
[[noreturn]] void unfit(BinaryOp op, const Value& a, const Value& b) {
  fail("unsupported operand type(s) for {}: '{}' and '{}'", kSigns[static_cast<size_t>(op)],
       type_name(a), type_name(b));
}

/// Rounds the quotient towards minus infinity, as Python does.
int64_t floor_divide(int64_t a, int64_t b) {
  if (b == -1) {
    if (a == INT64_MIN) overflow();
    return -a;
  }
  const int64_t q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

int64_t floor_remainder(int64_t a, int64_t b) {
  if (b == -1) return 0;
  const int64_t r = a % b;
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

int64_t integer_power(int64_t base, int64_t exponent) {
  int64_t result = 1;
  while (exponent > 0) {
    if ((exponent & 1) && __builtin_mul_overflow(result, base, &result)) overflow();
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) {
      overflow();
    }
  }
  return result;
}

double real_remainder(double a, double b) {
  double r = std::fmod(a, b);
  if (r == 0) return std::copysign(0.0, b);
  return (r < 0) != (b < 0) ? r + b : r;
}

double real_floor_divide(double a, double b) {
  const double q = (a - real_remainder(a, b)) / b;
  const double floored = std::floor(q);
  return q - floored > 0.5 ? floored + 1 : floored;
}

double real_power(double a, double b) {
  if (a == 0 && b < 0) fail("0.0 cannot be raised to a negative power");
  if (a < 0 && b != std::floor(b)) unsupported("a complex number ({} ** {})", a, b);
  const double result = std::pow(a, b);
  if (std::isinf(result) && std::isfinite(a) && std::isfinite(b)) {
    fail("(34, 'Numerical result out of range')");
  }
  return result;
}

Value integers(BinaryOp op, int64_t a, int64_t b) {
  int64_t r = 0;
  switch (op) {
    case BinaryOp::add:
      if (__builtin_add_overflow(a, b, &r)) overflow();
      return Value::integer(r);
    case BinaryOp::sub:
      if (__builtin_sub_overflow(a, b, &r)) overflow();
      return Value::integer(r);
    case BinaryOp::mul:
      if (__builtin_mul_overflow(a, b, &r)) overflow();
      return Value::integer(r);
    case BinaryOp::div:
      if (b == 0) fail("division by zero");
      return Value::real(static_cast<double>(a) / static_cast<double>(b));
    case BinaryOp::floor_div:
      if (b == 0) fail("integer division or modulo by zero");
      return Value::integer(floor_divide(a, b));
    case BinaryOp::mod:
      if (b == 0) fail("integer division or modulo by zero");
      return Value::integer(floor_remainder(a, b));
    case BinaryOp::pow:
      if (b < 0) {
        return Value::real(real_power(static_cast<double>(a), static_cast<double>(b)));
      }
      return Value::integer(integer_power(a, b));
  }
  return {};
}

Value reals(BinaryOp op, double a, double b) {
  if (b == 0 && op == BinaryOp::div) fail("float division by zero");
  if (b == 0 && op == BinaryOp::floor_div) fail("float floor division by zero");
  if (b == 0 && op == BinaryOp::mod) fail("float modulo");
  switch (op) {
    case BinaryOp::add:
      return Value::real(a + b);
    case BinaryOp::sub:
      return Value::real(a - b);
    case BinaryOp::mul:
      return Value::real(a * b);
    case BinaryOp::div:
      return Value::real(a / b);
    case BinaryOp::floor_div:
      return Value::real(real_floor_divide(a, b));
    case BinaryOp::mod:
      return Value::real(real_remainder(a, b));
    case BinaryOp::pow:
      return Value::real(real_power(a, b));
  }
  return {};
}

Value join_text(Budget& budget, const Value& a, const Value& b) {
  const bool left = a.get<StringObject>().markup, right = b.get<StringObject>().markup;
  const auto part = [&](const Value& v, bool markup) {
    return (left || right) && !markup ? escape_html(v.text()) : std::string(v.text());
  };
  budget.check_room(a.text().size() + b.text().size());
  budget.step(a.text().size() + b.text().size());
  std::string out = part(a, left);
  out += part(b, right);
  return make_string(&budget, std::move(out), left || right);
}

Value concatenate(Budget& budget, const Value& a, const Value& b) {
  if (a.is_string() && b.is_string()) return join_text(budget, a, b);
  const bool left_joins = a.is_string() || a.is_sequence();
  if (!left_joins) unfit(BinaryOp::add, a, b);
  if (a.kind() != b.kind()) {
    const char* type = a.is_string() ? "str" : type_name(a);
    fail("can only concatenate {} (not \"{}\") to {}", type, type_name(b), type);
  }
  const size_t total = a.items().size() + b.items().size();
  budget.check_room(total * sizeof(Value));
  budget.step(total * sizeof(Value));
  std::vector<Value> items = a.items();
  items.insert(items.end(), b.items().begin(), b.items().end());
  return a.is(Kind::list) ? make_list(&budget, std::move(items))
                          : make_tuple(&budget, std::move(items));
}

Value repeat(Budget& budget, const Value& source, int64_t count) {
  const size_t unit =
      source.is_string() ? source.text().size() : source.items().size() * sizeof(Value);
  size_t total = 0;
  if (__builtin_mul_overflow(unit, static_cast<size_t>(std::max<int64_t>(count, 0)), &total)) {
    total = SIZE_MAX;
  }
  budget.check_room(total);
  budget.step(total);
  if (unit == 0) count = 0;
  if (source.is_string()) {
    std::string out;
    out.reserve(total);
    for (int64_t i = 0; i < count; ++i) out += source.text();
    return make_string(&budget, std::move(out), source.get<StringObject>().markup);
  }
  std::vector<Value> items;
  items.reserve(total / sizeof(Value));
  for (int64_t i = 0; i < count; ++i) {
    items.insert(items.end(), source.items().begin(), source.items().end());
  }
  return source.is(Kind::list) ? make_list(&budget, std::move(items))
                               : make_tuple(&budget, std::move(items));
}

}  // namespace

Value binary(Budget& budget, BinaryOp op, const Value& a, const Value& b) {
  budget.step();
  require_defined(a);
  if (op == BinaryOp::mod && a.is_string()) return percent_format(budget, a, b);
  require_defined(b);
  if (a.is_int() && b.is_int()) return integers(op, a.to_int(), b.to_int());
  if (a.is_number() && b.is_number()) return reals(op, a.to_real(), b.to_real());
  if (op == BinaryOp::add) return concatenate(budget, a, b);
  if (op == BinaryOp::mul) {
    const auto repeatable = [](const Value& v) { return v.is_string() || v.is_sequence(); };
    if (repeatable(a) && b.is_int()) return repeat(budget, a, b.to_int());
    if (repeatable(b) && a.is_int()) return repeat(budget, b, a.to_int());
    if (repeatable(a)) fail("can't multiply sequence by non-int of type '{}'", type_name(b));
    if (repeatable(b)) fail("can't multiply sequence by non-int of type '{}'", type_name(a));
  }
  unfit(op, a, b);
}

Value negative(Budget& budget, const Value& value) {
  budget.step();
  require_defined(value);
  if (value.is(Kind::real)) return Value::real(-value.to_real());
  if (!value.is_int()) fail("bad operand type for unary -: '{}'", type_name(value));
  if (value.to_int() == INT64_MIN) overflow();
  return Value::integer(-value.to_int());
}

Value positive(const Value& value) {
  require_defined(value);
  if (!value.is_number()) fail("bad operand type for unary +: '{}'", type_name(value));
  return value.is(Kind::boolean) ? Value::integer(value.to_int()) : value;
}

}  // namespace caracal::jinja
