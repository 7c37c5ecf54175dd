/// Statements (jinja2/parser.py, with the extensions loop controls and generation).
#include "text/template/parser.h"

#include <algorithm>

#include "text/template/expression_parser.h"

namespace caracal::jinja {
namespace {

using Tags = std::initializer_list<std::string_view>;

class Parser {
 public:
  Parser(std::vector<Token> tokens, int max_nesting)
      : stream_(std::move(tokens), max_nesting), expressions_(stream_) {}

  Body run() { return statements({}); }

 private:
  bool at_tag(Tags ends) const {
    return std::any_of(ends.begin(), ends.end(), [&](auto tag) { return stream_.at_name(tag); });
  }

  /// Text, prints and blocks up to a block whose tag is one of ends (its name is then current),
  /// or to the end of the template when ends is empty.
  Body statements(Tags ends) {
    TokenStream::Level level(stream_);
    Body body;
    while (!stream_.current().is(TokenKind::end)) {
      const Token& token = stream_.next();
      if (token.is(TokenKind::data)) {
        body.push_back({token.line, Text{token.text}});
      } else if (token.is(TokenKind::variable_begin)) {
        const int line = token.line;
        body.push_back({line, Print{expressions_.tuple()}});
        stream_.expect(TokenKind::variable_end, "end of print statement");
      } else {
        if (ends.size() && at_tag(ends)) return body;
        statement(body);
        stream_.expect(TokenKind::block_end, "end of statement block");
      }
    }
    if (ends.size()) unclosed(ends);
    return body;
  }

  [[noreturn]] void unclosed(Tags ends) {
    stream_.bad(
        fmt::format("Unexpected end of template. Jinja was looking for the following tags: "
                    "'{}'. The innermost block that needs to be closed is '{}'.",
                    fmt::join(ends, "' or '"), open_.back()));
  }

  /// The body of a block: after its opening tag, up to one of ends.
  Body block(Tags ends) {
    stream_.skip_op(":");
    stream_.expect(TokenKind::block_end, "end of statement block");
    return statements(ends);
  }
  Body last_block(Tags ends) {
    Body body = block(ends);
    stream_.next();
    return body;
  }

  void statement(Body& body) {
    struct Row {
      std::string_view tag;
      void (Parser::*parse)(Body&, int line);
    };
    static constexpr Row kRows[] = {{"if", &Parser::if_block},
                                    {"for", &Parser::for_block},
                                    {"set", &Parser::set},
                                    {"macro", &Parser::macro},
                                    {"call", &Parser::call_block},
                                    {"filter", &Parser::filter_block},
                                    {"with", &Parser::with},
                                    {"print", &Parser::print},
                                    {"break", &Parser::break_},
                                    {"continue", &Parser::continue_},
                                    {"generation", &Parser::generation}};
    static constexpr std::string_view kUnsupported[] = {"include", "import",     "from",
                                                        "extends", "autoescape", "block"};
    if (!stream_.current().is(TokenKind::name)) stream_.bad("tag name expected");
    const Token& tag = stream_.next();
    for (const Row& row : kRows) {
      if (row.tag != tag.text) continue;
      open_.push_back(tag.text);
      (this->*row.parse)(body, tag.line);
      open_.pop_back();
      return;
    }
    for (const std::string_view name : kUnsupported) {
      if (name != tag.text) continue;
      throw Failure(ErrorCode::unsupported,
                    fmt::format("the tag '{}': a chat template stands alone", name), tag.line);
    }
    std::string message = fmt::format("Encountered unknown tag '{}'.", tag.text);
    if (!open_.empty()) {
      message += fmt::format(" The innermost block that needs to be closed is '{}'.", open_.back());
    }
    stream_.bad(std::move(message), tag.line);
  }

  void if_block(Body& body, int line) {
    If node;
    while (true) {
      ExprPtr test = expressions_.tuple(false);
      Body branch = block({"elif", "else", "endif"});
      node.branches.emplace_back(std::move(test), std::move(branch));
      const std::string& end = stream_.next().text;
      if (end == "elif") continue;
      if (end == "else") node.otherwise = last_block({"endif"});
      break;
    }
    body.push_back({line, std::move(node)});
  }

  void for_block(Body& body, int line) {
    For node;
    node.target = expressions_.target("in");
    node.test_target = node.target;
    stream_.expect_name("in");
    node.iterable = expressions_.tuple(false, "recursive");
    if (stream_.skip_name("if")) node.test = expressions_.expression();
    node.recursive = stream_.skip_name("recursive");
    ++n_loops_;
    node.body = block({"endfor", "else"});
    --n_loops_;
    if (stream_.next().text == "else") node.otherwise = last_block({"endfor"});
    body.push_back({line, std::move(node)});
  }

  void set(Body& body, int line) {
    Target target = expressions_.target({}, true);
    if (stream_.skip_op("=")) {
      body.push_back({line, Assign{std::move(target), expressions_.tuple()}});
      return;
    }
    AssignBlock node{std::move(target), expressions_.filter_chain(nullptr, false), {}, {}};
    node.body = last_block({"endset"});
    body.push_back({line, std::move(node)});
  }

  void signature(MacroDef& def) {
    stream_.expect_op("(");
    while (!stream_.at_op(")")) {
      if (!def.parameters.empty()) stream_.expect_op(",");
      MacroDef::Parameter p;
      const int line = stream_.line();
      p.name = expressions_.name_target();
      for (const auto& other : def.parameters) {
        if (other.name == p.name) {
          stream_.bad(fmt::format("duplicate argument '{}' in function definition", p.name), line);
        }
      }
      if (stream_.skip_op("=")) {
        p.fallback = expressions_.expression();
      } else if (!def.parameters.empty() && def.parameters.back().fallback) {
        stream_.bad("non-default argument follows default argument");
      }
      def.parameters.push_back(std::move(p));
    }
    stream_.expect_op(")");
  }

  /// The body of a macro or the like: a function of its own, which no loop reaches into.
  Body function_body(std::string_view end) {
    const int outer = std::exchange(n_loops_, 0);
    Body body = last_block({end});
    n_loops_ = outer;
    return body;
  }

  void macro(Body& body, int line) {
    Macro node;
    node.def.name = expressions_.name_target();
    signature(node.def);
    node.def.body = function_body("endmacro");
    body.push_back({line, std::move(node)});
  }

  void call_block(Body& body, int line) {
    CallBlock node;
    if (stream_.at_op("(")) signature(node.def);
    node.call = expressions_.expression();
    if (!std::holds_alternative<Call>(node.call->node)) stream_.bad("expected call", line);
    node.def.body = function_body("endcall");
    body.push_back({line, std::move(node)});
  }

  void filter_block(Body& body, int line) {
    FilterBlock node;
    node.filter = expressions_.filter_chain(nullptr, true);
    node.body = last_block({"endfilter"});
    body.push_back({line, std::move(node)});
  }

  void with(Body& body, int line) {
    With node;
    while (!stream_.current().is(TokenKind::block_end)) {
      if (!node.bindings.empty()) stream_.expect_op(",");
      Target target = expressions_.target();
      stream_.expect_op("=");
      node.bindings.emplace_back(std::move(target), expressions_.expression());
    }
    node.body = last_block({"endwith"});
    body.push_back({line, std::move(node)});
  }

  void print(Body& body, int line) {
    bool first = true;
    for (; !stream_.current().is(TokenKind::block_end); first = false) {
      if (!first) stream_.expect_op(",");
      body.push_back({line, Print{expressions_.expression()}});
    }
  }

  void generation(Body& body, int line) {
    body.push_back({line, Generation{function_body("endgeneration"), {}}});
  }

  void require_loop(std::string_view tag, int line) {
    if (n_loops_ == 0) stream_.bad(fmt::format("'{}' outside loop", tag), line);
  }
  void break_(Body& body, int line) {
    require_loop("break", line);
    body.push_back({line, Break{}});
  }
  void continue_(Body& body, int line) {
    require_loop("continue", line);
    body.push_back({line, Continue{}});
  }

  TokenStream stream_;
  ExpressionParser expressions_;
  std::vector<std::string> open_;  ///< tags of the blocks that are not closed yet
  int n_loops_ = 0;                ///< for blocks around this place, inside the current function
};

}  // namespace

Template parse(std::string_view source, const TemplateLimits& limits) {
  Template out;
  out.body = Parser(tokenize(source), limits.max_nesting).run();
  return out;
}

}  // namespace caracal::jinja
