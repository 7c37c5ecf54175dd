#include "text/template/expression_parser.h"

#include <algorithm>

#include "text/template/builtin.h"
#include "text/template/walk.h"

namespace caracal::jinja {

ExprPtr ExpressionParser::make(int line, Expr::Node node) {
  auto expr = std::make_unique<Expr>(Expr{line, 1, std::move(node)});
  for_each_child(*expr,
                 [&](const Expr& child) { expr->depth = std::max(expr->depth, child.depth + 1); });
  if (expr->depth > stream_.max_nesting()) stream_.too_deep(line);
  return expr;
}

ExprPtr ExpressionParser::expression() {
  TokenStream::Level level(stream_);
  int line = stream_.line();
  ExprPtr value = disjunction();
  while (stream_.skip_name("if")) {
    ExprPtr test = disjunction();
    ExprPtr otherwise = stream_.skip_name("else") ? expression() : nullptr;
    value = make(line, Conditional{std::move(test), std::move(value), std::move(otherwise)});
    line = stream_.line();
  }
  return value;
}

ExprPtr ExpressionParser::disjunction() {
  int line = stream_.line();
  ExprPtr left = conjunction();
  while (stream_.skip_name("or")) {
    ExprPtr right = conjunction();
    left = make(line, Logic{false, std::move(left), std::move(right)});
    line = stream_.line();
  }
  return left;
}

ExprPtr ExpressionParser::conjunction() {
  int line = stream_.line();
  ExprPtr left = negation();
  while (stream_.skip_name("and")) {
    ExprPtr right = negation();
    left = make(line, Logic{true, std::move(left), std::move(right)});
    line = stream_.line();
  }
  return left;
}

ExprPtr ExpressionParser::negation() {
  if (!stream_.at_name("not")) return comparison();
  TokenStream::Level level(stream_);
  const int line = stream_.next().line;
  ExprPtr operand = negation();
  return make(line, Not{std::move(operand)});
}

ExprPtr ExpressionParser::comparison() {
  static constexpr std::pair<std::string_view, CompareOp> kSigns[] = {
      {"==", CompareOp::eq}, {"!=", CompareOp::ne}, {"<", CompareOp::lt},
      {"<=", CompareOp::le}, {">", CompareOp::gt},  {">=", CompareOp::ge}};
  const int line = stream_.line();
  ExprPtr first = sum();
  std::vector<std::pair<CompareOp, ExprPtr>> rest;
  while (true) {
    const auto sign = std::find_if(std::begin(kSigns), std::end(kSigns),
                                   [&](const auto& s) { return stream_.at_op(s.first); });
    CompareOp op = CompareOp::in;
    if (sign != std::end(kSigns)) {
      stream_.next();
      op = sign->second;
    } else if (stream_.at_name("not") && stream_.ahead().is_name("in")) {
      stream_.next(), stream_.next();
      op = CompareOp::not_in;
    } else if (!stream_.skip_name("in")) {
      break;
    }
    rest.emplace_back(op, sum());
  }
  if (rest.empty()) return first;
  return make(line, Compare{std::move(first), std::move(rest)});
}

ExprPtr ExpressionParser::sum() {
  int line = stream_.line();
  ExprPtr left = concatenation();
  while (stream_.at_op("+") || stream_.at_op("-")) {
    const BinaryOp op = stream_.next().text == "+" ? BinaryOp::add : BinaryOp::sub;
    ExprPtr right = concatenation();
    left = make(line, Binary{op, std::move(left), std::move(right)});
    line = stream_.line();
  }
  return left;
}

ExprPtr ExpressionParser::concatenation() {
  const int line = stream_.line();
  std::vector<ExprPtr> parts;
  parts.push_back(product());
  while (stream_.skip_op("~")) parts.push_back(product());
  if (parts.size() == 1) return std::move(parts[0]);
  return make(line, Concat{std::move(parts)});
}

ExprPtr ExpressionParser::product() {
  static constexpr std::pair<std::string_view, BinaryOp> kSigns[] = {{"*", BinaryOp::mul},
                                                                     {"/", BinaryOp::div},
                                                                     {"//", BinaryOp::floor_div},
                                                                     {"%", BinaryOp::mod}};
  int line = stream_.line();
  ExprPtr left = power();
  while (true) {
    const auto sign = std::find_if(std::begin(kSigns), std::end(kSigns),
                                   [&](const auto& s) { return stream_.at_op(s.first); });
    if (sign == std::end(kSigns)) return left;
    stream_.next();
    ExprPtr right = power();
    left = make(line, Binary{sign->second, std::move(left), std::move(right)});
    line = stream_.line();
  }
}

ExprPtr ExpressionParser::power() {
  int line = stream_.line();
  ExprPtr left = unary();
  while (stream_.skip_op("**")) {
    ExprPtr right = unary();
    left = make(line, Binary{BinaryOp::pow, std::move(left), std::move(right)});
    line = stream_.line();
  }
  return left;
}

ExprPtr ExpressionParser::unary(bool with_filter) {
  TokenStream::Level level(stream_);
  const int line = stream_.line();
  ExprPtr node;
  if (stream_.at_op("-") || stream_.at_op("+")) {
    const bool minus = stream_.next().text == "-";
    ExprPtr operand = unary(false);
    node = make(line, Negate{std::move(operand), minus});
  } else {
    node = primary();
  }
  node = postfix(std::move(node));
  return with_filter ? filter_expression(std::move(node)) : std::move(node);
}

ExprPtr ExpressionParser::primary() {
  const Token& token = stream_.current();
  const int line = token.line;
  if (stream_.at_op("[")) return list();
  if (stream_.at_op("{")) return dict();
  if (stream_.skip_op("(")) {
    ExprPtr node = tuple(true, {}, true);
    stream_.expect_op(")");
    return node;
  }
  switch (token.kind) {
    case TokenKind::name: {
      stream_.next();
      const std::string& name = token.text;
      if (name == "true" || name == "True") return make(line, Const{Value::boolean(true)});
      if (name == "false" || name == "False") return make(line, Const{Value::boolean(false)});
      if (name == "none" || name == "None") return make(line, Const{Value::none()});
      return make(line, Name{name, {}});
    }
    case TokenKind::string: {
      std::string text;
      while (stream_.current().is(TokenKind::string)) text += stream_.next().text;
      return make(line, Const{make_string(nullptr, std::move(text))});
    }
    case TokenKind::integer:
      stream_.next();
      return make(line, Const{Value::integer(token.integer)});
    case TokenKind::real:
      stream_.next();
      return make(line, Const{Value::real(token.real)});
    default:
      stream_.bad(fmt::format("unexpected '{}'", describe(token)));
  }
}

bool ExpressionParser::at_tuple_end(std::string_view end) const {
  const Token& token = stream_.current();
  return token.is(TokenKind::variable_end) || token.is(TokenKind::block_end) || token.is_op(")") ||
         (!end.empty() && token.is_name(end));
}

ExprPtr ExpressionParser::tuple(bool with_conditional, std::string_view end,
                                bool explicit_parentheses) {
  TokenStream::Level level(stream_);
  const int line = stream_.line();
  std::vector<ExprPtr> items;
  bool is_tuple = false;
  while (true) {
    if (!items.empty()) stream_.expect_op(",");
    if (at_tuple_end(end)) break;
    items.push_back(with_conditional ? expression() : disjunction());
    if (!stream_.at_op(",")) break;
    is_tuple = true;
  }
  if (!is_tuple && !items.empty()) return std::move(items[0]);
  if (!is_tuple && !explicit_parentheses) {
    stream_.bad(fmt::format("Expected an expression, got '{}'", describe(stream_.current())));
  }
  return make(line, TupleExpr{std::move(items)});
}

ExprPtr ExpressionParser::list() {
  const int line = stream_.expect_op("[").line;
  std::vector<ExprPtr> items;
  while (!stream_.at_op("]")) {
    if (!items.empty()) stream_.expect_op(",");
    if (stream_.at_op("]")) break;
    items.push_back(expression());
  }
  stream_.expect_op("]");
  return make(line, ListExpr{std::move(items)});
}

ExprPtr ExpressionParser::dict() {
  const int line = stream_.expect_op("{").line;
  std::vector<std::pair<ExprPtr, ExprPtr>> entries;
  while (!stream_.at_op("}")) {
    if (!entries.empty()) stream_.expect_op(",");
    if (stream_.at_op("}")) break;
    ExprPtr key = expression();
    stream_.expect_op(":");
    ExprPtr value = expression();
    entries.emplace_back(std::move(key), std::move(value));
  }
  stream_.expect_op("}");
  return make(line, DictExpr{std::move(entries)});
}

ExprPtr ExpressionParser::postfix(ExprPtr node) {
  while (true) {
    if (stream_.at_op(".") || stream_.at_op("[")) {
      node = subscript(std::move(node));
    } else if (stream_.at_op("(")) {
      node = call(std::move(node));
    } else {
      return node;
    }
  }
}

ExprPtr ExpressionParser::filter_expression(ExprPtr node) {
  while (true) {
    if (stream_.at_op("|")) {
      node = filter_chain(std::move(node), false);
    } else if (stream_.at_name("is")) {
      node = test(std::move(node));
    } else if (stream_.at_op("(")) {
      node = call(std::move(node));
    } else {
      return node;
    }
  }
}

ExprPtr ExpressionParser::subscript(ExprPtr object) {
  const int line = stream_.line();
  if (!stream_.skip_op(".")) {
    stream_.next();
    return bracket(std::move(object), line);
  }
  const Token& name = stream_.next();
  if (name.is(TokenKind::name)) {
    return make(line, GetAttr{std::move(object), make_string(nullptr, name.text)});
  }
  if (!name.is(TokenKind::integer)) stream_.bad("expected name or number", name.line);
  ExprPtr key = make(name.line, Const{Value::integer(name.integer)});
  return make(line, GetItem{std::move(object), std::move(key)});
}

/// After "[": one key, a slice, or several keys that make a tuple.
ExprPtr ExpressionParser::bracket(ExprPtr object, int line) {
  std::vector<ExprPtr> keys;
  while (!stream_.at_op("]")) {
    if (!keys.empty()) stream_.expect_op(",");
    ExprPtr bounds[3];
    bool is_slice = false;
    for (int i = 0; i < 3; ++i) {
      if (i > 0) {
        if (!stream_.skip_op(":")) break;
        is_slice = true;
      }
      const bool empty =
          stream_.at_op(":") || (i > 0 && (stream_.at_op("]") || stream_.at_op(",")));
      if (!empty) bounds[i] = expression();
    }
    if (!is_slice) {
      keys.push_back(std::move(bounds[0]));
      continue;
    }
    if (!keys.empty() || !stream_.at_op("]")) {
      throw Failure(ErrorCode::unsupported, "a slice beside other subscripts", line);
    }
    stream_.next();
    return make(line, GetSlice{std::move(object), std::move(bounds[0]), std::move(bounds[1]),
                               std::move(bounds[2])});
  }
  stream_.expect_op("]");
  ExprPtr key = keys.size() == 1 ? std::move(keys[0]) : make(line, TupleExpr{std::move(keys)});
  return make(line, GetItem{std::move(object), std::move(key)});
}

void ExpressionParser::argument(Arguments& out, int line) {
  const auto ensure = [&](bool good) {
    if (!good) stream_.bad("invalid syntax for function call expression", line);
  };
  if (stream_.at_op("*")) {
    ensure(!out.star && !out.double_star);
    stream_.next();
    out.star = expression();
  } else if (stream_.at_op("**")) {
    ensure(!out.double_star);
    stream_.next();
    out.double_star = expression();
  } else if (stream_.current().is(TokenKind::name) && stream_.ahead().is_op("=")) {
    ensure(!out.double_star);
    std::string key = stream_.next().text;
    stream_.next();
    out.keywords.emplace_back(std::move(key), expression());
  } else {
    ensure(!out.star && !out.double_star && out.keywords.empty());
    out.positional.push_back(expression());
  }
}

Arguments ExpressionParser::arguments() {
  const int line = stream_.expect_op("(").line;
  Arguments out;
  bool comma = false;
  while (!stream_.at_op(")")) {
    if (comma) {
      stream_.expect_op(",");
      if (stream_.at_op(")")) break;
    }
    argument(out, line);
    comma = true;
  }
  stream_.expect_op(")");
  return out;
}

ExprPtr ExpressionParser::call(ExprPtr callee) {
  const int line = stream_.line();
  Arguments args = arguments();
  return make(line, Call{std::move(callee), std::move(args)});
}

std::string ExpressionParser::dotted_name() {
  std::string name = stream_.expect(TokenKind::name, "name").text;
  while (stream_.skip_op(".")) name += "." + stream_.expect(TokenKind::name, "name").text;
  return name;
}

ExprPtr ExpressionParser::filter_chain(ExprPtr input, bool start_inline) {
  while (start_inline || stream_.at_op("|")) {
    if (!start_inline) stream_.next();
    start_inline = false;
    const int line = stream_.line();
    std::string name = dotted_name();
    Arguments args = stream_.at_op("(") ? arguments() : Arguments();
    const Builtin* builtin = find_filter(name);
    input = make(line, Filter{std::move(input), std::move(name), std::move(args), builtin});
  }
  return input;
}

/// `x is divisibleby 3`: one argument without parentheses.
std::vector<ExprPtr> ExpressionParser::test_arguments() {
  const Token& token = stream_.current();
  const bool starts_value = token.is(TokenKind::name) || token.is(TokenKind::string) ||
                            token.is(TokenKind::integer) || token.is(TokenKind::real) ||
                            token.is_op("[") || token.is_op("{");
  std::vector<ExprPtr> args;
  if (!starts_value || token.is_name("else") || token.is_name("or") || token.is_name("and")) {
    return args;
  }
  if (token.is_name("is")) stream_.bad("You cannot chain multiple tests with is");
  args.push_back(postfix(primary()));
  return args;
}

ExprPtr ExpressionParser::test(ExprPtr input) {
  const int line = stream_.next().line;
  const bool negated = stream_.skip_name("not");
  std::string name = dotted_name();
  Arguments args;
  if (stream_.at_op("(")) {
    args = arguments();
  } else {
    args.positional = test_arguments();
  }
  const Builtin* builtin = find_test(name);
  ExprPtr node = make(line, Test{std::move(input), std::move(name), std::move(args), builtin});
  return negated ? make(line, Not{std::move(node)}) : std::move(node);
}

std::string ExpressionParser::name_target() {
  const Token& token = stream_.expect(TokenKind::name, "name");
  static constexpr std::string_view kConstants[] = {"true", "false", "none",
                                                    "True", "False", "None"};
  if (std::find(std::begin(kConstants), std::end(kConstants), token.text) != std::end(kConstants)) {
    stream_.bad(fmt::format("can't assign to '{}'", token.text), token.line);
  }
  return token.text;
}

Target ExpressionParser::single_target(bool with_namespace) {
  TokenStream::Level level(stream_);
  Target out;
  out.line = stream_.line();
  if (stream_.skip_op("(")) {
    out = target({}, with_namespace);
    stream_.expect_op(")");
    return out;
  }
  if (!stream_.current().is(TokenKind::name)) {
    stream_.bad(fmt::format("can't assign to '{}'", describe(stream_.current())));
  }
  out.name = name_target();
  if (with_namespace && stream_.skip_op(".")) {
    out.attribute = stream_.expect(TokenKind::name, "name").text;
  }
  return out;
}

Target ExpressionParser::target(std::string_view end, bool with_namespace) {
  Target out;
  out.line = stream_.line();
  while (true) {
    if (!out.parts.empty()) stream_.expect_op(",");
    if (at_tuple_end(end)) break;
    out.parts.push_back(single_target(with_namespace));
    if (!stream_.at_op(",")) break;
    out.is_tuple = true;
  }
  if (out.is_tuple) return out;
  if (out.parts.empty()) {
    stream_.bad(fmt::format("Expected an expression, got '{}'", describe(stream_.current())));
  }
  return Target(std::move(out.parts[0]));
}

}  // namespace caracal::jinja
