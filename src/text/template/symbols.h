#pragma once
/// The variables of one block of source, found before the block is compiled.
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "text/template/ast.h"

namespace caracal::jinja {

/// A region of source with its own activation: the template, a macro, a recursive loop.
struct Function {
  Function* outer = nullptr;
  int n_slots = 0;
};

/// Names of a block (jinja2's Symbols). A branch is an overlay on the block it lies in: it sees the
/// block's names and collects what it adds, until merge() joins the branches.
class Symbols {
 public:
  enum class Origin : uint8_t { parameter, context, alias, unset };
  struct Variable {
    int slot;
    Origin origin;
    const Symbols* alias_owner = nullptr;  ///< alias: the block whose variable is copied
    int alias_slot = -1;
  };
  struct Found {
    const Symbols* owner;  ///< the block, never a branch
    const Variable* variable;
  };

  Symbols(Function* function, Symbols* parent)
      : function_(function), parent_(parent), block_(this), base_(nullptr) {}
  /// A branch of `base`.
  explicit Symbols(Symbols* base)
      : function_(base->function_), parent_(base->parent_), block_(base->block_), base_(base) {}

  Function* function() const { return function_; }
  /// The variable of that name in this block or one around it.
  Found find(std::string_view name) const;
  void load(const std::string& name);
  void store(const std::string& name);
  int declare_parameter(const std::string& name);
  /// Joins what three branches (body, elif, else) add: a name that not all of them assign starts
  /// from the block around, or from the context.
  void merge(const Symbols* const (&branches)[3]);
  /// What to do when the block is entered.
  Frame frame() const;
  Slot slot_of(const Found& found) const;

 private:
  const Variable* find_here(std::string_view name) const;
  bool stores_here(const std::string& name) const;
  void define(const std::string& name, Variable variable);
  int slot_for(const std::string& name);

  Function* function_;
  Symbols* parent_;
  Symbols* block_;
  Symbols* base_;
  std::map<std::string, Variable, std::less<>> variables_;
  std::set<std::string> stores_;
  std::map<std::string, int> slots_;  ///< of the block: one per name, whatever branch defines it
};

}  // namespace caracal::jinja
