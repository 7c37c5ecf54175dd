#include "text/template/attribute_path.h"

#include <algorithm>

#include "text/template/interpreter.h"
#include "text/template/numbers.h"
#include "text/template/ops.h"
#include "text/template/string_ops.h"
#include "text/template/unicode.h"

namespace caracal::jinja {

AttributePath::AttributePath(Budget& budget, const Value& attribute) {
  if (attribute.is_missing() || attribute.is_none()) return;
  if (!attribute.is_string()) {
    parts_.push_back(attribute);
    return;
  }
  for (const std::string_view part : split_at(budget, attribute.text(), ".", -1)) {
    const bool digits =
        !part.empty() && part.size() < 19 &&
        std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    parts_.push_back(digits ? Value::integer(*parse_int(part, 10))
                            : make_string(&budget, std::string(part)));
  }
}

Value AttributePath::of(Interpreter& in, Value item, const Value& otherwise) const {
  const bool replaces = !otherwise.is_missing() && !otherwise.is_none();
  for (const Value& part : parts_) {
    item = in.get_item(item, part);
    if (replaces && item.is_undefined()) item = otherwise;
  }
  return item;
}

Value fold_case(Budget& budget, Value value, bool case_sensitive) {
  if (case_sensitive || !value.is_string()) return value;
  budget.step(value.text().size());
  return make_string(&budget, lower(value.text()));
}

}  // namespace caracal::jinja
