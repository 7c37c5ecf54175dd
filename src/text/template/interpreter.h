#pragma once
/// Renders a parsed template. One interpreter serves one render.
#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/template/ast.h"
#include "text/template/limits.h"
#include "text/template/loop.h"
#include "text/template/macro.h"
#include "text/template/value.h"

namespace caracal::jinja {

using Keywords = std::vector<std::pair<std::string, Value>>;

class Interpreter {
 public:
  /// now: what strftime_now prints, in local time.
  Interpreter(const Template& tree, const TemplateLimits& limits, const std::tm& now);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  /// variables: a dict. Throws Failure; line() then says where.
  std::string render(Value variables);
  int line() const { return line_; }

  Budget& budget() { return budget_; }
  const std::tm& now() const { return now_; }
  Value call(const Value& callee, std::vector<Value> args, Keywords keywords);
  /// object.name and object[key] with Jinja's fallback from one to the other.
  Value get_attribute(const Value& object, const Value& name);
  Value get_item(const Value& object, const Value& key);
  /// A namespace, kept until the end of the render.
  Value new_namespace();

 private:
  enum class Flow : uint8_t { normal, break_loop, next_iteration };
  class Deeper;
  class Capture;
  class InActivation;

  Value eval(const Expr& expr);
  Value eval_node(const Const& n, int line);
  Value eval_node(const Name& n, int line);
  Value eval_node(const TupleExpr& n, int line);
  Value eval_node(const ListExpr& n, int line);
  Value eval_node(const DictExpr& n, int line);
  Value eval_node(const Negate& n, int line);
  Value eval_node(const Binary& n, int line);
  Value eval_node(const Compare& n, int line);
  Value eval_node(const Logic& n, int line);
  Value eval_node(const Not& n, int line);
  Value eval_node(const Concat& n, int line);
  Value eval_node(const Conditional& n, int line);
  Value eval_node(const GetAttr& n, int line);
  Value eval_node(const GetItem& n, int line);
  Value eval_node(const GetSlice& n, int line);
  Value eval_node(const Call& n, int line);
  Value eval_node(const Filter& n, int line);
  Value eval_node(const Test& n, int line);
  Value eval_call(const Call& n, int line, const Value& caller);
  std::vector<Value> eval_all(const std::vector<ExprPtr>& list);
  std::vector<Value> eval_arguments(const Arguments& arguments, Keywords& keywords);
  bool compare_values(CompareOp op, const Value& a, const Value& b);

  Flow run(const Body& body);
  Flow run_node(const Text& n, int line);
  Flow run_node(const Print& n, int line);
  Flow run_node(const For& n, int line);
  Flow run_node(const If& n, int line);
  Flow run_node(const Assign& n, int line);
  Flow run_node(const AssignBlock& n, int line);
  Flow run_node(const Macro& n, int line);
  Flow run_node(const CallBlock& n, int line);
  Flow run_node(const FilterBlock& n, int line);
  Flow run_node(const With& n, int line);
  Flow run_node(const Generation& n, int line);
  Flow run_node(const Break& n, int line);
  Flow run_node(const Continue& n, int line);
  Flow run_loop(const For& n, const Value& iterable, Ref<Activation> home, int depth0);
  LoopObject::Pull loop_source(const For& n, const Value& iterable);
  Value render_recursive(const For& n, const Value& iterable, Ref<Activation> home, int depth0);

  Value new_macro(const MacroDef& def);
  Value call_macro(const MacroObject& macro, std::vector<Value> args, Keywords keywords);
  void bind_macro(const MacroDef& def, std::vector<Value> args, Keywords keywords,
                  std::vector<Value>& slots);

  void emit(std::string_view text);
  void emit(const Value& value);
  void enter(const Frame& frame);
  void assign(const Target& target, Value value);
  void require_namespaces(const Target& target);
  Value& slot(Slot s) {
    Activation* a = activation_.get();
    for (int i = 0; i < s.hops; ++i) a = a->parent.get();
    return a->slots[static_cast<size_t>(s.index)];
  }
  Value lookup(const std::string& name);

  const Template& tree_;
  const TemplateLimits& limits_;
  std::tm now_;
  Budget budget_;  ///< before all values: they give their bytes back to it
  Value variables_;
  Value block_text_;  ///< what the filter of a block works on
  Ref<Activation> activation_;
  std::vector<Ref<Activation>> captured_;  ///< cleared at the end, as the namespaces are
  std::vector<Ref<NamespaceObject>> namespaces_;
  std::string* out_ = nullptr;
  size_t n_out_bytes_ = 0;  ///< in all open buffers
  int depth_ = 0;
  int line_ = 1;
};

}  // namespace caracal::jinja
