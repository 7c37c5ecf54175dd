/// Statements.
#include "text/template/interpreter.h"

#include "text/template/builtin.h"
#include "text/template/interpreter_scopes.h"

namespace caracal::jinja {

Interpreter::Interpreter(const Template& tree, const TemplateLimits& limits, const std::tm& now)
    : tree_(tree), limits_(limits), now_(now), budget_(limits) {}

Interpreter::~Interpreter() {
  for (const Ref<NamespaceObject>& space : namespaces_) space->attributes.clear();
  for (const Ref<Activation>& activation : captured_) activation->slots.clear();
}

std::string Interpreter::render(Value variables) {
  variables_ = std::move(variables);
  std::string out;
  out_ = &out;
  activation_ = Ref(new Activation(&budget_, tree_.n_slots, {}));
  enter(tree_.frame);
  run(tree_.body);
  activation_ = {};
  return out;
}

Value Interpreter::new_namespace() {
  Ref space(new NamespaceObject(&budget_));
  budget_.step(sizeof(NamespaceObject));
  namespaces_.push_back(space);
  return Value::object(Kind::name_space, space.get());
}

void Interpreter::emit(std::string_view text) {
  budget_.step(text.size());
  n_out_bytes_ += text.size();
  if (n_out_bytes_ > limits_.max_output_bytes) {
    n_out_bytes_ -= text.size();
    fail("the output is longer than {} bytes, the limit", limits_.max_output_bytes);
  }
  *out_ += text;
}

void Interpreter::emit(const Value& value) {
  if (value.is_string()) return emit(value.text());
  emit(to_text(budget_, value));
}

Value Interpreter::lookup(const std::string& name) {
  const Value* found = variables_.get<DictObject>().find(name);
  return found ? *found : find_global(budget_, name);
}

void Interpreter::enter(const Frame& frame) {
  std::vector<Value>& slots = activation_->slots;
  for (const Load& load : frame.loads) {
    Value& to = slots[static_cast<size_t>(load.slot)];
    switch (load.kind) {
      case Load::Kind::clear:
        to = {};
        break;
      case Load::Kind::from_context:
        to = lookup(load.name);
        break;
      case Load::Kind::from_slot:
        to = slot(load.source);
        break;
    }
  }
}

void Interpreter::require_namespaces(const Target& target) {
  for (const Target& part : target.parts) require_namespaces(part);
  if (!target.attribute.empty() && !slot(target.slot).is(Kind::name_space)) {
    fail("cannot assign attribute on non-namespace object");
  }
}

void Interpreter::assign(const Target& target, Value value) {
  if (!target.attribute.empty()) {
    return slot(target.slot).get<NamespaceObject>().set(target.attribute, std::move(value));
  }
  if (!target.is_tuple) {
    slot(target.slot) = std::move(value);
    return;
  }
  require_defined(value);
  if (!Cursor::can_iterate(value)) {
    fail("cannot unpack non-iterable {} object", type_name(value));
  }
  Cursor cursor(value);
  std::vector<Value> items;
  for (Value v; items.size() <= target.parts.size() && cursor.next(budget_, v);) {
    items.push_back(std::move(v));
  }
  const size_t expected = target.parts.size();
  if (items.size() > expected) fail("too many values to unpack (expected {})", expected);
  if (items.size() < expected) {
    fail("not enough values to unpack (expected {}, got {})", expected, items.size());
  }
  for (size_t i = 0; i < expected; ++i) assign(target.parts[i], std::move(items[i]));
}

Interpreter::Flow Interpreter::run(const Body& body) {
  Deeper deeper(*this);
  for (const Stmt& s : body) {
    budget_.step();
    line_ = s.line;
    const Flow flow = std::visit([&](const auto& node) { return run_node(node, s.line); }, s.node);
    if (flow != Flow::normal) return flow;
  }
  return Flow::normal;
}

Interpreter::Flow Interpreter::run_node(const Text& n, int) {
  emit(n.text);
  return Flow::normal;
}

Interpreter::Flow Interpreter::run_node(const Print& n, int line) {
  const Value value = eval(*n.value);
  line_ = line;
  emit(value);
  return Flow::normal;
}

Interpreter::Flow Interpreter::run_node(const If& n, int) {
  for (const auto& [test, body] : n.branches) {
    if (truthy(eval(*test))) return run(body);
  }
  return run(n.otherwise);
}

Interpreter::Flow Interpreter::run_node(const Assign& n, int line) {
  require_namespaces(n.target);
  Value value = eval(*n.value);
  line_ = line;
  assign(n.target, std::move(value));
  return Flow::normal;
}

Interpreter::Flow Interpreter::run_node(const AssignBlock& n, int line) {
  Value text;
  {
    Capture capture(*this);
    enter(n.frame);
    if (const Flow flow = run(n.body); flow != Flow::normal) return flow;
    text = capture.text();
  }
  if (n.filter) {
    const Value outer = std::exchange(block_text_, std::move(text));
    text = eval(*n.filter);
    block_text_ = outer;
  }
  line_ = line;
  require_namespaces(n.target);
  assign(n.target, std::move(text));
  return Flow::normal;
}

Interpreter::Flow Interpreter::run_node(const FilterBlock& n, int line) {
  Value text;
  enter(n.frame);
  {
    Capture capture(*this);
    if (const Flow flow = run(n.body); flow != Flow::normal) return flow;
    text = capture.text();
  }
  const Value outer = std::exchange(block_text_, std::move(text));
  const Value result = eval(*n.filter);
  block_text_ = outer;
  line_ = line;
  emit(result);
  return Flow::normal;
}

Interpreter::Flow Interpreter::run_node(const With& n, int line) {
  enter(n.frame);
  for (const auto& [target, expr] : n.bindings) {
    Value value = eval(*expr);
    line_ = line;
    assign(target, std::move(value));
  }
  return run(n.body);
}

Interpreter::Flow Interpreter::run_node(const Generation& n, int) {
  enter(n.frame);
  return run(n.body);
}

Interpreter::Flow Interpreter::run_node(const Break&, int) { return Flow::break_loop; }
Interpreter::Flow Interpreter::run_node(const Continue&, int) { return Flow::next_iteration; }

Interpreter::Flow Interpreter::run_node(const Macro& n, int) {
  slot(n.slot) = new_macro(n.def);
  return Flow::normal;
}

Interpreter::Flow Interpreter::run_node(const CallBlock& n, int line) {
  const Value caller = new_macro(n.def);
  const Value result = eval_call(std::get<Call>(n.call->node), line, caller);
  line_ = line;
  emit(result);
  return Flow::normal;
}

Interpreter::Flow Interpreter::run_node(const For& n, int line) {
  const Value iterable = eval(*n.iterable);
  line_ = line;
  if (!n.recursive) return run_loop(n, iterable, {}, 0);
  emit(render_recursive(n, iterable, activation_, 0));
  return Flow::normal;
}

Value Interpreter::render_recursive(const For& n, const Value& iterable, Ref<Activation> home,
                                    int depth0) {
  Deeper deeper(*this);
  Ref activation(new Activation(&budget_, n.n_slots, home));
  InActivation inside(*this, activation);
  Capture capture(*this);
  run_loop(n, iterable, home, depth0);
  return capture.text();
}

/// The items of a loop one by one, those that fail its `if` left out.
LoopObject::Pull Interpreter::loop_source(const For& n, const Value& iterable) {
  const auto cursor = std::make_shared<Cursor>(iterable);
  if (!n.test) return [this, cursor](Value& out) { return cursor->next(budget_, out); };
  enter(n.test_frame);
  return [this, cursor, &n, home = activation_](Value& out) {
    InActivation inside(*this, home);
    while (cursor->next(budget_, out)) {
      assign(n.test_target, out);
      if (truthy(eval(*n.test))) return true;
    }
    return false;
  };
}

Interpreter::Flow Interpreter::run_loop(const For& n, const Value& iterable, Ref<Activation> home,
                                        int depth0) {
  LoopObject::Pull pull = loop_source(n, iterable);
  Ref<LoopObject> loop;
  Value loop_value;
  if (n.loop_slot >= 0) {
    const bool sized = !n.test && length_of(iterable).has_value();
    loop = Ref(new LoopObject(&budget_, iterable, std::move(pull), sized,
                              n.recursive ? &n : nullptr, std::move(home), depth0));
    loop_value = Value::object(Kind::loop, loop.get());
  }
  struct Finish {
    LoopObject* loop;
    ~Finish() {
      if (loop) loop->finish();
    }
  } finish{loop.get()};
  const auto next = [&](Value& item) {
    if (!loop) return pull(item);
    if (!loop->advance()) return false;
    item = loop->current();
    return true;
  };
  bool completed = false;  // as in Jinja, an iteration cut by break or continue does not count
  for (Value item; next(item);) {
    assign(n.target, std::move(item));
    if (loop) activation_->slots[static_cast<size_t>(n.loop_slot)] = loop_value;
    enter(n.frame);
    const Flow flow = run(n.body);
    if (flow == Flow::break_loop) break;
    if (flow == Flow::normal) completed = true;
  }
  if (completed) return Flow::normal;
  enter(n.else_frame);
  return run(n.otherwise);
}

}  // namespace caracal::jinja
