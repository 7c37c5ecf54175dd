#pragma once
#include "text/template/ast.h"
#include "text/template/token_stream.h"

namespace caracal::jinja {

/// Parses expressions and assignment targets (jinja2/parser.py, same precedence).
class ExpressionParser {
 public:
  explicit ExpressionParser(TokenStream& stream) : stream_(stream) {}

  ExprPtr expression();
  /// With commas a tuple. with_conditional: `a if b else c` may stand there. end: a name that
  /// ends the list ("in", "recursive"), or empty.
  ExprPtr tuple(bool with_conditional = true, std::string_view end = {},
                bool explicit_parentheses = false);
  ExprPtr filter_chain(ExprPtr input, bool start_inline);
  Target target(std::string_view end = {}, bool with_namespace = false);
  std::string name_target();

 private:
  ExprPtr make(int line, Expr::Node node);
  ExprPtr disjunction();
  ExprPtr conjunction();
  ExprPtr negation();
  ExprPtr comparison();
  ExprPtr sum();
  ExprPtr concatenation();
  ExprPtr product();
  ExprPtr power();
  ExprPtr unary(bool with_filter = true);
  ExprPtr primary();
  ExprPtr list();
  ExprPtr dict();
  ExprPtr postfix(ExprPtr node);
  ExprPtr filter_expression(ExprPtr node);
  ExprPtr subscript(ExprPtr object);
  ExprPtr bracket(ExprPtr object, int line);
  ExprPtr test(ExprPtr input);
  std::vector<ExprPtr> test_arguments();
  ExprPtr call(ExprPtr callee);
  Arguments arguments();
  void argument(Arguments& out, int line);
  std::string dotted_name();
  bool at_tuple_end(std::string_view end) const;
  Target single_target(bool with_namespace);

  TokenStream& stream_;
};

}  // namespace caracal::jinja
