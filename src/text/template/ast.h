#pragma once
/// A parsed template. scope.h fills in the variable slots and frames.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "text/template/ops.h"
#include "text/template/value.h"

namespace caracal::jinja {

struct Builtin;
struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

/// A variable: a slot of the activation `hops` levels out from the running one.
struct Slot {
  int hops = 0;
  int index = -1;
};

struct Const {
  Value value;
};
struct Name {
  std::string name;
  Slot slot;
};
struct TupleExpr {
  std::vector<ExprPtr> items;
};
struct ListExpr {
  std::vector<ExprPtr> items;
};
struct DictExpr {
  std::vector<std::pair<ExprPtr, ExprPtr>> entries;
};
struct Negate {
  ExprPtr operand;
  bool minus;
};
struct Binary {
  BinaryOp op;
  ExprPtr left, right;
};
enum class CompareOp : uint8_t { eq, ne, lt, le, gt, ge, in, not_in };
struct Compare {
  ExprPtr first;
  std::vector<std::pair<CompareOp, ExprPtr>> rest;
};
struct Logic {
  bool is_and;
  ExprPtr left, right;
};
struct Not {
  ExprPtr operand;
};
struct Concat {
  std::vector<ExprPtr> parts;
};
struct Conditional {
  ExprPtr test, then, otherwise;  ///< otherwise may be null
};
struct GetAttr {
  ExprPtr object;
  Value name;
};
struct GetItem {
  ExprPtr object, key;
};
struct GetSlice {
  ExprPtr object, start, stop, step;  ///< bounds may be null
};
struct Arguments {
  std::vector<ExprPtr> positional;
  std::vector<std::pair<std::string, ExprPtr>> keywords;
  ExprPtr star, double_star;
};
struct Call {
  ExprPtr callee;
  Arguments arguments;
};
/// builtin is null for a name that does not exist: an error when it is reached.
struct Filter {
  ExprPtr input;  ///< null: the captured text of the block
  std::string name;
  Arguments arguments;
  const Builtin* builtin;
};
struct Test {
  ExprPtr input;
  std::string name;
  Arguments arguments;
  const Builtin* builtin;
};

struct Expr {
  using Node =
      std::variant<Const, Name, TupleExpr, ListExpr, DictExpr, Negate, Binary, Compare, Logic, Not,
                   Concat, Conditional, GetAttr, GetItem, GetSlice, Call, Filter, Test>;
  int line;
  int depth;  ///< of the tree below, this node included
  Node node;
};

/// Where an assignment goes: a name, an attribute of a namespace, or several of them.
struct Target {
  int line = 0;
  std::string name;
  std::string attribute;      ///< not empty: name.attribute
  std::vector<Target> parts;  ///< not empty or is_tuple: unpack
  bool is_tuple = false;
  Slot slot;
};

/// What happens to a variable when its block is entered.
struct Load {
  enum class Kind : uint8_t { clear, from_context, from_slot };
  Kind kind;
  int slot;
  std::string name;  ///< from_context
  Slot source;       ///< from_slot
};
struct Frame {
  std::vector<Load> loads;
};

struct Stmt;
using Body = std::vector<Stmt>;

struct Text {
  std::string text;
};
struct Print {
  ExprPtr value;
};
struct For {
  Target target;
  ExprPtr iterable;
  ExprPtr test;  ///< may be null
  Target test_target;
  bool recursive = false;
  Body body, otherwise;
  Frame frame, test_frame, else_frame;
  int loop_slot = -1;  ///< of the variable `loop`, or -1 when the body does not use it
  size_t n_slots = 0;  ///< of the activation that a recursive block runs in
};
struct If {
  std::vector<std::pair<ExprPtr, Body>> branches;
  Body otherwise;
};
struct Assign {
  Target target;
  ExprPtr value;
};
struct AssignBlock {
  Target target;
  ExprPtr filter;  ///< may be null
  Body body;
  Frame frame;
};
struct MacroDef {
  struct Parameter {
    std::string name;
    ExprPtr fallback;  ///< may be null
    int slot = -1;
  };
  std::string name;  ///< empty for a call block
  std::vector<Parameter> parameters;
  Body body;
  Frame frame;
  size_t n_slots = 0;
  int caller_slot = -1, kwargs_slot = -1, varargs_slot = -1;
  bool explicit_caller = false;  ///< "caller" is one of the parameters
};
struct Macro {
  MacroDef def;
  Slot slot;
};
struct CallBlock {
  MacroDef def;
  ExprPtr call;
};
struct FilterBlock {
  ExprPtr filter;
  Body body;
  Frame frame;
};
struct With {
  std::vector<std::pair<Target, ExprPtr>> bindings;
  Body body;
  Frame frame;
};
/// {% generation %}: marks the assistant's text for training; renders its body.
struct Generation {
  Body body;
  Frame frame;
};
struct Break {};
struct Continue {};

struct Stmt {
  using Node = std::variant<Text, Print, For, If, Assign, AssignBlock, Macro, CallBlock,
                            FilterBlock, With, Generation, Break, Continue>;
  int line;
  Node node;
};

struct Template {
  Body body;
  Frame frame;
  size_t n_slots = 0;
};

}  // namespace caracal::jinja
