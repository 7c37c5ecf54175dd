#pragma once
/// Direct children of an expression, in the order in which Jinja visits them.
#include <variant>

#include "text/template/ast.h"

namespace caracal::jinja {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

template <class Visit>
void for_each_argument(const Arguments& arguments, Visit visit) {
  for (const ExprPtr& e : arguments.positional) visit(*e);
  for (const auto& keyword : arguments.keywords) visit(*keyword.second);
  if (arguments.star) visit(*arguments.star);
  if (arguments.double_star) visit(*arguments.double_star);
}

template <class Visit>
void for_each_child(const Expr& expr, Visit visit) {
  const auto maybe = [&](const ExprPtr& e) {
    if (e) visit(*e);
  };
  const auto all = [&](const std::vector<ExprPtr>& list) {
    for (const ExprPtr& e : list) visit(*e);
  };
  std::visit(Overloaded{
                 [](const Const&) {},
                 [](const Name&) {},
                 [&](const TupleExpr& n) { all(n.items); },
                 [&](const ListExpr& n) { all(n.items); },
                 [&](const DictExpr& n) {
                   for (const auto& [key, value] : n.entries) visit(*key), visit(*value);
                 },
                 [&](const Negate& n) { visit(*n.operand); },
                 [&](const Binary& n) { visit(*n.left), visit(*n.right); },
                 [&](const Compare& n) {
                   visit(*n.first);
                   for (const auto& rest : n.rest) visit(*rest.second);
                 },
                 [&](const Logic& n) { visit(*n.left), visit(*n.right); },
                 [&](const Not& n) { visit(*n.operand); },
                 [&](const Concat& n) { all(n.parts); },
                 [&](const Conditional& n) { visit(*n.test), visit(*n.then), maybe(n.otherwise); },
                 [&](const GetAttr& n) { visit(*n.object); },
                 [&](const GetItem& n) { visit(*n.object), visit(*n.key); },
                 [&](const GetSlice& n) {
                   visit(*n.object), maybe(n.start), maybe(n.stop), maybe(n.step);
                 },
                 [&](const Call& n) { visit(*n.callee), for_each_argument(n.arguments, visit); },
                 [&](const Filter& n) { maybe(n.input), for_each_argument(n.arguments, visit); },
                 [&](const Test& n) { visit(*n.input), for_each_argument(n.arguments, visit); },
             },
             expr.node);
}

}  // namespace caracal::jinja
