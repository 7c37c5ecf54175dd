#pragma once
/// Filters, tests, methods and global functions: rows of tables, all called the same way.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/template/value.h"

namespace caracal::jinja {

class Interpreter;
struct Builtin;

/// One call. args: after binding one value for each declared parameter, missing where the caller
/// gave none; for variadic rows what the caller gave, with its keywords beside.
struct Invocation {
  Interpreter& in;
  Budget& budget;
  const Builtin& builtin;
  const Value& self;  ///< the value a filter, test or method works on; missing for globals
  std::vector<Value> args;
  std::vector<std::pair<std::string, Value>> keywords;

  bool has(size_t i) const { return i < args.size() && !args[i].is_missing(); }
  bool given(size_t i) const { return has(i) && !args[i].is_none(); }
  int64_t integer(size_t i, int64_t otherwise) const;
  bool flag(size_t i, bool otherwise) const;
  /// The text of a string argument; any other type is a TypeError.
  std::string_view text(size_t i) const;
  std::string_view text(size_t i, std::string_view otherwise) const;

  Value string(std::string text, bool markup = false) const;
  Value list(std::vector<Value> items) const;
};

struct Builtin {
  using Run = Value (*)(Invocation& call);
  std::string_view name;
  Run run;                      ///< null: known to Jinja or Python, not supported here
  std::string_view parameters;  ///< "old new count"; "*" takes anything
  size_t n_required = 0;
};

/// Null where Jinja has no filter or test of that name.
const Builtin* find_filter(std::string_view name);
const Builtin* find_test(std::string_view name);

/// obj.name for what Python gives the type: methods, and attributes of loop and cycler. Missing
/// where the type has none. A method that would change its object gives an undefined value that
/// says so, as the sandbox does.
Value find_attribute(Interpreter& in, const Value& object, const Value& name);

/// range, dict, namespace, cycler, joiner, raise_exception, strftime_now; missing for others.
Value find_global(Budget& budget, std::string_view name);

/// A builtin as a value, bound to self (missing for globals).
struct FunctionObject : Object {
  FunctionObject(Budget* budget, const Builtin& builtin, Value self)
      : Object(budget, sizeof(FunctionObject), self.depth() + 1),
        builtin(builtin),
        self(std::move(self)) {}
  const Builtin& builtin;
  Value self;
};

/// Binds the arguments to the parameters and calls. Throws Python's TypeError texts.
Value invoke(Interpreter& in, const Builtin& builtin, const Value& self, std::vector<Value> args,
             std::vector<std::pair<std::string, Value>> keywords);

}  // namespace caracal::jinja
