/// Attributes, calls and macros.
#include <algorithm>

#include "text/template/builtin.h"
#include "text/template/interpreter.h"
#include "text/template/interpreter_scopes.h"

namespace caracal::jinja {
namespace {

Value unsafe_attribute(Budget& budget, const Value& object, std::string_view name) {
  return undefined_because(&budget, fmt::format("access to attribute {} of '{}' object is unsafe.",
                                                repr_text(name), type_name(object)));
}

bool is_dunder(std::string_view name) {
  return name.size() > 4 && name.substr(0, 2) == "__" && name.substr(name.size() - 2) == "__";
}

/// What Python's getattr finds; missing for an AttributeError.
Value python_attribute(Interpreter& in, const Value& object, const Value& name) {
  const std::string_view text = name.text();
  if (object.is(Kind::name_space)) {
    const Value* found = object.get<NamespaceObject>().find(text);
    if (!found) return {};
    return text[0] == '_' ? unsafe_attribute(in.budget(), object, text) : *found;
  }
  if (object.is(Kind::tuple) && object.get<SequenceObject>().is_group) {
    if (text == "grouper") return object.items()[0];
    if (text == "list") return object.items()[1];
  }
  if (is_dunder(text)) return unsafe_attribute(in.budget(), object, text);
  return find_attribute(in, object, name);
}

}  // namespace

std::string MacroObject::label() const {
  return def.name.empty() ? "anonymous" : repr_text(def.name);
}

Value Interpreter::get_attribute(const Value& object, const Value& name) {
  require_defined(object);
  Value value = python_attribute(*this, object, name);
  if (value.is_missing()) value = find_item(budget_, object, name);
  return value.is_missing() ? undefined_member(&budget_, object, name) : value;
}

Value Interpreter::get_item(const Value& object, const Value& key) {
  Value value = find_item(budget_, object, key);
  if (value.is_missing() && key.is_string()) value = python_attribute(*this, object, key);
  return value.is_missing() ? undefined_member(&budget_, object, key) : value;
}

Value Interpreter::call(const Value& callee, std::vector<Value> args, Keywords keywords) {
  Deeper deeper(*this);
  budget_.step();
  require_defined(callee);
  switch (callee.kind()) {
    case Kind::function: {
      const FunctionObject& f = callee.get<FunctionObject>();
      return invoke(*this, f.builtin, f.self, std::move(args), std::move(keywords));
    }
    case Kind::macro:
      return call_macro(callee.get<MacroObject>(), std::move(args), std::move(keywords));
    case Kind::loop: {
      const LoopObject& loop = callee.get<LoopObject>();
      if (!loop.recursive) {
        fail("The loop must have the 'recursive' marker to be called recursively.");
      }
      if (args.size() != 1 || !keywords.empty()) fail("loop() takes exactly one argument");
      if (!loop.home) unsupported("calling a recursive loop after its end");
      return render_recursive(*loop.recursive, args[0], loop.home, loop.depth0 + 1);
    }
    case Kind::joiner: {
      JoinerObject& joiner = callee.get<JoinerObject>();
      return std::exchange(joiner.used, true) ? joiner.separator : make_string(&budget_, "");
    }
    default:
      fail("'{}' object is not callable", type_name(callee));
  }
}

Value Interpreter::new_macro(const MacroDef& def) {
  if (!activation_->captured) {
    activation_->captured = true;
    captured_.push_back(activation_);
  }
  return Value::object(Kind::macro, new MacroObject(&budget_, def, activation_));
}

/// jinja2.runtime.Macro.__call__: positional arguments, then keywords, then the special ones.
void Interpreter::bind_macro(const MacroDef& def, std::vector<Value> args, Keywords keywords,
                             std::vector<Value>& slots) {
  const auto take = [&](std::string_view name) {
    const auto at = std::find_if(keywords.begin(), keywords.end(),
                                 [&](const auto& k) { return k.first == name; });
    if (at == keywords.end()) return Value();
    Value value = std::move(at->second);
    keywords.erase(at);
    return value;
  };
  const auto put = [&](int slot, Value value) {
    slots[static_cast<size_t>(slot)] = std::move(value);
  };
  const std::string shown = def.name.empty() ? "None" : repr_text(def.name);
  const size_t n_parameters = def.parameters.size();
  for (size_t i = 0; i < n_parameters; ++i) {
    const auto& p = def.parameters[i];
    put(p.slot, i < args.size() ? args[i] : take(p.name));
  }
  if (def.caller_slot >= 0) {
    Value caller = take("caller");
    put(def.caller_slot,
        caller.is_missing() ? undefined_because(&budget_, "No caller defined") : std::move(caller));
  }
  if (def.kwargs_slot >= 0) {
    std::vector<DictObject::Entry> rest;
    for (auto& [name, value] : keywords) {
      rest.emplace_back(make_string(&budget_, name), std::move(value));
    }
    put(def.kwargs_slot, make_dict(&budget_, std::move(rest)));
  } else if (!keywords.empty()) {
    if (take("caller").is_missing()) {
      fail("macro {} takes no keyword argument {}", shown, repr_text(keywords[0].first));
    }
    fail(
        "macro {} was invoked with two values for the special caller argument. This is most "
        "likely a bug.",
        shown);
  }
  const size_t n_extra = args.size() > n_parameters ? args.size() - n_parameters : 0;
  if (def.varargs_slot >= 0) {
    put(def.varargs_slot,
        make_tuple(&budget_,
                   std::vector<Value>(args.end() - static_cast<ptrdiff_t>(n_extra), args.end())));
  } else if (n_extra > 0) {
    fail("macro {} takes not more than {} argument(s)", shown, n_parameters);
  }
}

Value Interpreter::call_macro(const MacroObject& macro, std::vector<Value> args,
                              Keywords keywords) {
  const MacroDef& def = macro.def;
  Ref activation(new Activation(&budget_, def.n_slots, macro.home));
  bind_macro(def, std::move(args), std::move(keywords), activation->slots);
  InActivation inside(*this, activation);
  Capture capture(*this);
  enter(def.frame);
  for (const auto& p : def.parameters) {
    Value& value = activation->slots[static_cast<size_t>(p.slot)];
    if (!value.is_missing()) continue;
    Value filled =
        p.fallback ? eval(*p.fallback)
                   : undefined_because(
                         &budget_, fmt::format("parameter {} was not provided", repr_text(p.name)));
    activation->slots[static_cast<size_t>(p.slot)] = std::move(filled);
  }
  run(def.body);
  return capture.text();
}

}  // namespace caracal::jinja
