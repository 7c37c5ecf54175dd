#include "text/template/scope.h"

#include <algorithm>

#include "text/template/failure.h"
#include "text/template/symbols.h"
#include "text/template/walk.h"

namespace caracal::jinja {
namespace {

/// Calls load(name) and store(name) for every name below, functions and inner blocks included, in
/// the order of the source.
template <class Load, class Store>
struct EveryName {
  Load load;
  Store store;

  void expr(const Expr& e) {
    if (const Name* name = std::get_if<Name>(&e.node)) load(name->name);
    for_each_child(e, [this](const Expr& child) { expr(child); });
  }
  void maybe(const ExprPtr& e) {
    if (e) expr(*e);
  }
  void target(const Target& t) {
    if (!t.parts.empty() || t.is_tuple) {
      for (const Target& part : t.parts) target(part);
    } else if (t.attribute.empty()) {
      store(t.name);
    }
  }
  void def(const MacroDef& d) {
    for (const auto& p : d.parameters) store(p.name);
    for (const auto& p : d.parameters) maybe(p.fallback);
    body(d.body);
  }
  void body(const Body& statements) {
    for (const Stmt& s : statements)
      std::visit([this](const auto& node) { this->stmt(node); }, s.node);
  }

  void stmt(const Text&) {}
  void stmt(const Break&) {}
  void stmt(const Continue&) {}
  void stmt(const Print& n) { expr(*n.value); }
  void stmt(const For& n) {
    target(n.target), expr(*n.iterable), body(n.body), body(n.otherwise), maybe(n.test);
  }
  void stmt(const If& n) {
    for (const auto& [test, branch] : n.branches) expr(*test), body(branch);
    body(n.otherwise);
  }
  void stmt(const Assign& n) { target(n.target), expr(*n.value); }
  void stmt(const AssignBlock& n) { target(n.target), maybe(n.filter), body(n.body); }
  void stmt(const Macro& n) { def(n.def); }
  void stmt(const CallBlock& n) { expr(*n.call), def(n.def); }
  void stmt(const FilterBlock& n) { body(n.body), expr(*n.filter); }
  void stmt(const With& n) {
    for (const auto& b : n.bindings) target(b.first);
    for (const auto& b : n.bindings) expr(*b.second);
    body(n.body);
  }
  void stmt(const Generation& n) { body(n.body); }
};

template <class Load, class Store>
EveryName(Load, Store) -> EveryName<Load, Store>;

/// True if body uses the name before it assigns it anywhere.
bool uses_undeclared(const Body& body, std::string_view name) {
  bool used = false, declared = false;
  EveryName walk{[&](const std::string& n) { used |= n == name && !declared; },
                 [&](const std::string& n) { declared |= n == name; }};
  walk.body(body);
  return used;
}

/// Collects the names of one block into its symbols; inner blocks are left for their own turn.
class NameCollector {
 public:
  explicit NameCollector(Symbols& symbols) : symbols_(&symbols) {}

  void expr(const Expr& e) {
    if (const Name* name = std::get_if<Name>(&e.node)) symbols_->load(name->name);
    for_each_child(e, [this](const Expr& child) { expr(child); });
  }
  void maybe(const ExprPtr& e) {
    if (e) expr(*e);
  }
  void target(const Target& t, bool parameter = false) {
    if (!t.parts.empty() || t.is_tuple) {
      for (const Target& part : t.parts) target(part, parameter);
    } else if (!t.attribute.empty()) {
      symbols_->load(t.name);
    } else if (parameter) {
      symbols_->declare_parameter(t.name);
    } else {
      symbols_->store(t.name);
    }
  }
  void body(const Body& statements) {
    for (const Stmt& s : statements)
      std::visit([this](const auto& node) { this->stmt(node); }, s.node);
  }

 private:
  void stmt(const Text&) {}
  void stmt(const Break&) {}
  void stmt(const Continue&) {}
  void stmt(const Generation&) {}
  void stmt(const Print& n) { expr(*n.value); }
  void stmt(const For& n) { expr(*n.iterable); }
  void stmt(const Assign& n) { expr(*n.value), target(n.target); }
  void stmt(const AssignBlock& n) { target(n.target); }
  void stmt(const Macro& n) { symbols_->store(n.def.name); }
  void stmt(const CallBlock& n) { expr(*n.call); }
  void stmt(const FilterBlock& n) { expr(*n.filter); }
  void stmt(const With& n) {
    for (const auto& b : n.bindings) expr(*b.second);
  }
  void stmt(const If& n) {
    expr(*n.branches[0].first);
    Symbols* const outer = symbols_;
    Symbols first(outer), elifs(outer), last(outer);
    symbols_ = &first;
    body(n.branches[0].second);
    symbols_ = &elifs;
    for (size_t i = 1; i < n.branches.size(); ++i) elif (n.branches[i]);
    symbols_ = &last;
    body(n.otherwise);
    symbols_ = outer;
    outer->merge({&first, &elifs, &last});
  }
  /// Each elif is an if of its own inside the elif branch, without elif and else.
  void elif (const std::pair<ExprPtr, Body>& branch) {
    expr(*branch.first);
    Symbols* const outer = symbols_;
    Symbols taken(outer), none(outer), nothing(outer);
    symbols_ = &taken;
    body(branch.second);
    symbols_ = outer;
    outer->merge({&taken, &none, &nothing});
  }

  Symbols* symbols_;
};

/// Walks the tree with the symbols of the block at hand and writes slots into it.
class Resolver {
 public:
  void run(Template& tree) {
    Function root;
    Symbols symbols(&root, nullptr);
    NameCollector(symbols).body(tree.body);
    tree.frame = symbols.frame();
    body(tree.body, symbols);
    tree.n_slots = static_cast<size_t>(root.n_slots);
  }

 private:
  Slot slot(const std::string& name, const Symbols& symbols) const {
    return symbols.slot_of(symbols.find(name));
  }

  void expr(Expr& e, Symbols& symbols) {
    if (Name* name = std::get_if<Name>(&e.node)) {
      const Symbols::Found found = symbols.find(name->name);
      if (name->name == "self" && found.variable->origin == Symbols::Origin::context) {
        throw Failure(ErrorCode::unsupported, "the variable 'self': it is about blocks", e.line);
      }
      name->slot = symbols.slot_of(found);
    }
    if (const Filter* f = std::get_if<Filter>(&e.node))
      require(f->builtin, "filter", f->name, e.line);
    if (const Test* t = std::get_if<Test>(&e.node)) require(t->builtin, "test", t->name, e.line);
    const bool conditional = std::holds_alternative<Conditional>(e.node);
    const bool outer = std::exchange(guarded_, guarded_ || conditional);
    for_each_child(e, [&](const Expr& child) { expr(const_cast<Expr&>(child), symbols); });
    guarded_ = outer;
  }
  void maybe(ExprPtr& e, Symbols& symbols) {
    if (e) expr(*e, symbols);
  }
  void require(const Builtin* builtin, std::string_view kind, const std::string& name, int line) {
    if (builtin || guarded_) return;
    throw Failure(ErrorCode::bad_file, fmt::format("No {} named '{}'.", kind, name), line);
  }

  void target(Target& t, const Symbols& symbols) {
    for (Target& part : t.parts) target(part, symbols);
    if (t.parts.empty() && !t.is_tuple) t.slot = slot(t.name, symbols);
  }

  /// A block with variables of its own is not guarded by a condition around it.
  void inner(Body& statements, Symbols& symbols) {
    const bool outer = std::exchange(guarded_, false);
    body(statements, symbols);
    guarded_ = outer;
  }
  void body(Body& statements, Symbols& symbols) {
    for (Stmt& s : statements) {
      line_ = s.line;
      std::visit([&](auto& node) { stmt(node, symbols); }, s.node);
    }
  }

  void stmt(Text&, Symbols&) {}
  void stmt(Break&, Symbols&) {}
  void stmt(Continue&, Symbols&) {}
  void stmt(Print& n, Symbols& symbols) { expr(*n.value, symbols); }

  void stmt(If& n, Symbols& symbols) {
    const bool outer = std::exchange(guarded_, true);
    for (auto& [test, branch] : n.branches) expr(*test, symbols), body(branch, symbols);
    body(n.otherwise, symbols);
    guarded_ = outer;
  }

  void stmt(Assign& n, Symbols& symbols) {
    target(n.target, symbols);
    expr(*n.value, symbols);
  }

  void stmt(AssignBlock& n, Symbols& outer) {
    Symbols symbols(outer.function(), &outer);
    NameCollector collect(symbols);
    collect.body(n.body);
    n.frame = symbols.frame();
    target(n.target, outer);
    inner(n.body, symbols);
    // The filter is compiled in the block's frame, whose names were collected from the body only.
    if (n.filter) filter_in_block(*n.filter, symbols, n.frame);
  }

  /// Names that only the filter's arguments use would have no slot: give them one.
  void filter_in_block(Expr& filter, Symbols& symbols, Frame& frame) {
    NameCollector(symbols).expr(filter);
    frame = symbols.frame();
    expr(filter, symbols);
  }

  void stmt(FilterBlock& n, Symbols& outer) {
    Symbols symbols(outer.function(), &outer);
    NameCollector collect(symbols);
    collect.body(n.body);
    collect.expr(*n.filter);
    n.frame = symbols.frame();
    inner(n.body, symbols);
    expr(*n.filter, symbols);
  }

  void stmt(With& n, Symbols& outer) {
    Symbols symbols(outer.function(), &outer);
    NameCollector collect(symbols);
    for (const auto& b : n.bindings) collect.target(b.first, true);
    collect.body(n.body);
    n.frame = symbols.frame();
    for (auto& [t, value] : n.bindings) target(t, symbols), expr(*value, outer);
    inner(n.body, symbols);
  }

  void stmt(Generation& n, Symbols& outer) {
    Symbols symbols(outer.function(), &outer);
    NameCollector(symbols).body(n.body);
    n.frame = symbols.frame();
    inner(n.body, symbols);
  }

  void stmt(For& n, Symbols& outer) {
    forbid_loop_assignment(n);
    expr(*n.iterable, outer);
    Function own{outer.function()};
    Function* function = n.recursive ? &own : outer.function();
    loop_body(n, function, outer);
    if (n.test) {
      Symbols symbols(function, &outer);
      NameCollector collect(symbols);
      collect.target(n.test_target, true);
      collect.expr(*n.test);
      n.test_frame = symbols.frame();
      target(n.test_target, symbols);
      const bool guarded = std::exchange(guarded_, false);
      expr(*n.test, symbols);
      guarded_ = guarded;
    }
    Symbols symbols(function, &outer);
    NameCollector(symbols).body(n.otherwise);
    n.else_frame = symbols.frame();
    inner(n.otherwise, symbols);
    n.n_slots = static_cast<size_t>(own.n_slots);
  }

  void loop_body(For& n, Function* function, Symbols& outer) {
    Symbols symbols(function, &outer);
    if (n.recursive || uses_undeclared(n.body, "loop")) {
      n.loop_slot = symbols.declare_parameter("loop");
    }
    NameCollector collect(symbols);
    collect.target(n.target, true);
    collect.body(n.body);
    n.frame = symbols.frame();
    target(n.target, symbols);
    inner(n.body, symbols);
  }

  void forbid_loop_assignment(const For& n) const {
    const int line = line_;
    EveryName walk{[](const std::string&) {},
                   [line](const std::string& name) {
                     if (name != "loop") return;
                     throw Failure(ErrorCode::bad_file,
                                   "Can't assign to special loop variable in for-loop target",
                                   line);
                   }};
    walk.target(n.target);
    for (const Stmt& s : n.body) {
      if (const Assign* assign = std::get_if<Assign>(&s.node)) walk.target(assign->target);
    }
  }

  void stmt(Macro& n, Symbols& outer) {
    def(n.def, outer);
    n.slot = slot(n.def.name, outer);
  }

  void stmt(CallBlock& n, Symbols& outer) {
    def(n.def, outer);
    expr(*n.call, outer);
  }

  void def(MacroDef& d, Symbols& outer) {
    Function own{outer.function()};
    Symbols symbols(&own, &outer);
    const auto parameter = [&](std::string_view name) {
      return std::find_if(d.parameters.begin(), d.parameters.end(),
                          [&](const auto& p) { return p.name == name; });
    };
    for (auto& p : d.parameters) p.slot = symbols.declare_parameter(p.name);
    const auto implicit = [&](const char* name) {
      const bool wanted = uses_undeclared(d.body, name) && parameter(name) == d.parameters.end();
      return wanted ? symbols.declare_parameter(name) : -1;
    };
    const auto caller = parameter("caller");
    d.explicit_caller = caller != d.parameters.end();
    if (d.explicit_caller && !caller->fallback && uses_undeclared(d.body, "caller")) {
      throw Failure(ErrorCode::bad_file,
                    "When defining macros or call blocks the special \"caller\" argument must be "
                    "omitted or be given a default.",
                    line_);
    }
    d.caller_slot = implicit("caller");
    d.kwargs_slot = implicit("kwargs");
    d.varargs_slot = implicit("varargs");
    NameCollector collect(symbols);
    for (auto& p : d.parameters) collect.maybe(p.fallback);
    collect.body(d.body);
    d.frame = symbols.frame();
    const bool guarded = std::exchange(guarded_, false);
    for (auto& p : d.parameters) maybe(p.fallback, symbols);
    guarded_ = guarded;
    inner(d.body, symbols);
    d.n_slots = static_cast<size_t>(own.n_slots);
  }

  bool guarded_ = false;  ///< inside an if or a conditional expression of the same block
  int line_ = 1;
};

}  // namespace

void resolve_names(Template& tree) { Resolver().run(tree); }

}  // namespace caracal::jinja
