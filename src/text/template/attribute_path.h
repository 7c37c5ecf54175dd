#pragma once
/// What the argument `attribute` of filters means: "a.b.0" walks into an item.
#include <vector>

#include "text/template/builtin.h"

namespace caracal::jinja {

class AttributePath {
 public:
  /// attribute: none or missing (the item itself), an int, or a dotted path.
  AttributePath(Budget& budget, const Value& attribute);
  /// otherwise: takes the place of an undefined part, unless missing or none.
  Value of(Interpreter& in, Value item, const Value& otherwise = {}) const;

 private:
  std::vector<Value> parts_;
};

/// The key for sorting and grouping: text in lower case unless case_sensitive.
Value fold_case(Budget& budget, Value value, bool case_sensitive);

}  // namespace caracal::jinja
