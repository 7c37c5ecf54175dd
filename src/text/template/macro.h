#pragma once
/// Macros, call blocks and builtin functions as values.
#include "text/template/value.h"

namespace caracal::jinja {

struct MacroDef;

/// The variables of one run of the template, a macro or a recursive loop, by slot.
struct Activation : Object {
  Activation(Budget* budget, size_t n_slots, Ref<Activation> parent)
      : Object(budget, sizeof(Activation) + n_slots * sizeof(Value)),
        slots(n_slots),
        parent(std::move(parent)) {}
  std::vector<Value> slots;
  Ref<Activation> parent;  ///< of the run in whose source this one's source lies
  bool captured = false;   ///< a macro made here may outlive the run
};

struct MacroObject : Object {
  MacroObject(Budget* budget, const MacroDef& def, Ref<Activation> home)
      : Object(budget, sizeof(MacroObject)), def(def), home(std::move(home)) {}
  std::string label() const;  ///< quoted name, or "anonymous"
  const MacroDef& def;
  Ref<Activation> home;
};

}  // namespace caracal::jinja
