/// Expressions.
#include "text/template/builtin.h"
#include "text/template/interpreter.h"
#include "text/template/interpreter_scopes.h"

namespace caracal::jinja {

Value Interpreter::eval(const Expr& expr) {
  Deeper deeper(*this);
  budget_.step();
  line_ = expr.line;
  return std::visit([&](const auto& node) { return eval_node(node, expr.line); }, expr.node);
}

std::vector<Value> Interpreter::eval_all(const std::vector<ExprPtr>& list) {
  std::vector<Value> values;
  values.reserve(list.size());
  for (const ExprPtr& e : list) values.push_back(eval(*e));
  return values;
}

Value Interpreter::eval_node(const Const& n, int) { return n.value; }

Value Interpreter::eval_node(const Name& n, int) {
  const Value& value = slot(n.slot);
  return value.is_missing() ? undefined_variable(&budget_, n.name) : value;
}

Value Interpreter::eval_node(const TupleExpr& n, int) {
  return make_tuple(&budget_, eval_all(n.items));
}
Value Interpreter::eval_node(const ListExpr& n, int) {
  return make_list(&budget_, eval_all(n.items));
}

Value Interpreter::eval_node(const DictExpr& n, int line) {
  std::vector<DictObject::Entry> entries;
  entries.reserve(n.entries.size());
  for (const auto& [key, value] : n.entries) {
    Value k = eval(*key);
    entries.emplace_back(std::move(k), eval(*value));
    line_ = line;
    hash_of(budget_, entries.back().first);
  }
  return make_dict(&budget_, std::move(entries));
}

Value Interpreter::eval_node(const Negate& n, int line) {
  const Value value = eval(*n.operand);
  line_ = line;
  return n.minus ? negative(budget_, value) : positive(value);
}

Value Interpreter::eval_node(const Binary& n, int line) {
  const Value left = eval(*n.left);
  const Value right = eval(*n.right);
  line_ = line;
  return binary(budget_, n.op, left, right);
}

bool Interpreter::compare_values(CompareOp op, const Value& a, const Value& b) {
  switch (op) {
    case CompareOp::eq:
      return equal(budget_, a, b);
    case CompareOp::ne:
      return !equal(budget_, a, b);
    case CompareOp::lt:
      return compare(budget_, a, b, "<") < 0;
    case CompareOp::le:
      return compare(budget_, a, b, "<=") <= 0;
    case CompareOp::gt:
      return compare(budget_, a, b, ">") > 0;
    case CompareOp::ge:
      return compare(budget_, a, b, ">=") >= 0;
    case CompareOp::in:
      return contains(budget_, b, a);
    case CompareOp::not_in:
      return !contains(budget_, b, a);
  }
  return false;
}

Value Interpreter::eval_node(const Compare& n, int line) {
  Value left = eval(*n.first);
  for (const auto& [op, expr] : n.rest) {
    Value right = eval(*expr);
    line_ = line;
    if (!compare_values(op, left, right)) return Value::boolean(false);
    left = std::move(right);
  }
  return Value::boolean(true);
}

Value Interpreter::eval_node(const Logic& n, int) {
  Value left = eval(*n.left);
  return truthy(left) == n.is_and ? eval(*n.right) : left;
}

Value Interpreter::eval_node(const Not& n, int) {
  return Value::boolean(!truthy(eval(*n.operand)));
}

Value Interpreter::eval_node(const Concat& n, int line) {
  TextSink out(budget_);
  for (const ExprPtr& part : n.parts) {
    const Value value = eval(*part);
    line_ = line;
    print(out, value);
  }
  return make_string(&budget_, out.take());
}

Value Interpreter::eval_node(const Conditional& n, int line) {
  if (truthy(eval(*n.test))) return eval(*n.then);
  if (n.otherwise) return eval(*n.otherwise);
  return undefined_because(&budget_,
                           fmt::format("the inline if-expression on line {} evaluated to false and "
                                       "no else section was defined.",
                                       line));
}

Value Interpreter::eval_node(const GetAttr& n, int line) {
  const Value object = eval(*n.object);
  line_ = line;
  return get_attribute(object, n.name);
}

Value Interpreter::eval_node(const GetItem& n, int line) {
  const Value object = eval(*n.object);
  const Value key = eval(*n.key);
  line_ = line;
  return get_item(object, key);
}

Value Interpreter::eval_node(const GetSlice& n, int line) {
  const auto bound = [&](const ExprPtr& e) { return e ? eval(*e) : Value(); };
  const Value object = eval(*n.object);
  const Value start = bound(n.start), stop = bound(n.stop), step = bound(n.step);
  line_ = line;
  return slice(budget_, object, start, stop, step);
}

std::vector<Value> Interpreter::eval_arguments(const Arguments& arguments, Keywords& keywords) {
  std::vector<Value> args = eval_all(arguments.positional);
  for (const auto& [name, expr] : arguments.keywords) keywords.emplace_back(name, eval(*expr));
  if (arguments.star) {
    for (Value& v : collect(budget_, eval(*arguments.star))) args.push_back(std::move(v));
  }
  if (arguments.double_star) {
    const Value more = eval(*arguments.double_star);
    if (!more.is_dict()) fail("argument after ** must be a mapping, not {}", type_name(more));
    for (const auto& [key, value] : more.get<DictObject>().entries) {
      if (!key.is_string()) fail("keywords must be strings");
      keywords.emplace_back(std::string(key.text()), value);
    }
  }
  return args;
}

Value Interpreter::eval_node(const Call& n, int line) { return eval_call(n, line, Value()); }

Value Interpreter::eval_call(const Call& n, int line, const Value& caller) {
  const Value callee = eval(*n.callee);
  Keywords keywords;
  std::vector<Value> args = eval_arguments(n.arguments, keywords);
  if (!caller.is_missing()) keywords.emplace_back("caller", caller);
  line_ = line;
  return call(callee, std::move(args), std::move(keywords));
}

Value Interpreter::eval_node(const Filter& n, int line) {
  const Value input = n.input ? eval(*n.input) : block_text_;
  Keywords keywords;
  std::vector<Value> args = eval_arguments(n.arguments, keywords);
  line_ = line;
  if (!n.builtin) fail("No filter named '{}' found.", n.name);
  return invoke(*this, *n.builtin, input, std::move(args), std::move(keywords));
}

Value Interpreter::eval_node(const Test& n, int line) {
  const Value input = eval(*n.input);
  Keywords keywords;
  std::vector<Value> args = eval_arguments(n.arguments, keywords);
  line_ = line;
  if (!n.builtin) fail("No test named '{}' found.", n.name);
  return invoke(*this, *n.builtin, input, std::move(args), std::move(keywords));
}

}  // namespace caracal::jinja
