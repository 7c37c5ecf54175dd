#include "text/template/symbols.h"

namespace caracal::jinja {

const Symbols::Variable* Symbols::find_here(std::string_view name) const {
  for (const Symbols* s = this; s; s = s->base_) {
    const auto at = s->variables_.find(name);
    if (at != s->variables_.end()) return &at->second;
  }
  return nullptr;
}

Symbols::Found Symbols::find(std::string_view name) const {
  for (const Symbols* s = this; s; s = s->parent_) {
    if (const Variable* v = s->find_here(name)) return {s->block_, v};
  }
  return {nullptr, nullptr};
}

bool Symbols::stores_here(const std::string& name) const {
  for (const Symbols* s = this; s; s = s->base_) {
    if (s->stores_.count(name)) return true;
  }
  return false;
}

int Symbols::slot_for(const std::string& name) {
  const auto [at, added] = block_->slots_.try_emplace(name, function_->n_slots);
  if (added) ++function_->n_slots;
  return at->second;
}

void Symbols::define(const std::string& name, Variable variable) { variables_[name] = variable; }

void Symbols::load(const std::string& name) {
  if (!find(name).variable) define(name, {slot_for(name), Origin::context});
}

void Symbols::store(const std::string& name) {
  stores_.insert(name);
  if (find_here(name)) return;
  const Found outer = parent_ ? parent_->find(name) : Found{};
  if (outer.variable) {
    define(name, {slot_for(name), Origin::alias, outer.owner, outer.variable->slot});
  } else {
    define(name, {slot_for(name), Origin::unset});
  }
}

int Symbols::declare_parameter(const std::string& name) {
  stores_.insert(name);
  const int slot = slot_for(name);
  define(name, {slot, Origin::parameter});
  return slot;
}

void Symbols::merge(const Symbols* const (&branches)[3]) {
  std::map<std::string, size_t> n_branches;
  for (const Symbols* branch : branches) {
    for (const std::string& name : branch->stores_) {
      if (!stores_here(name)) ++n_branches[name];
    }
  }
  for (const Symbols* branch : branches) {
    for (const auto& [name, variable] : branch->variables_) variables_[name] = variable;
    stores_.insert(branch->stores_.begin(), branch->stores_.end());
  }
  for (const auto& [name, count] : n_branches) {
    if (count == 3) continue;
    const Found outer = parent_ ? parent_->find(name) : Found{};
    if (outer.variable) {
      define(name, {slot_for(name), Origin::alias, outer.owner, outer.variable->slot});
    } else {
      define(name, {slot_for(name), Origin::context});
    }
  }
}

Slot Symbols::slot_of(const Found& found) const {
  int hops = 0;
  for (const Function* f = function_; f != found.owner->function_; f = f->outer) ++hops;
  return {hops, found.variable->slot};
}

Frame Symbols::frame() const {
  Frame frame;
  for (const auto& [name, v] : variables_) {
    switch (v.origin) {
      case Origin::parameter:
        break;
      case Origin::unset:
        frame.loads.push_back({Load::Kind::clear, v.slot, {}, {}});
        break;
      case Origin::context:
        frame.loads.push_back({Load::Kind::from_context, v.slot, name, {}});
        break;
      case Origin::alias: {
        const Variable source{v.alias_slot, Origin::unset};
        frame.loads.push_back(
            {Load::Kind::from_slot, v.slot, {}, slot_of({v.alias_owner, &source})});
        break;
      }
    }
  }
  return frame;
}

}  // namespace caracal::jinja
