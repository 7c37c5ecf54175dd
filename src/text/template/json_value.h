#pragma once
#include "base/json_fwd.h"
#include "text/template/value.h"

namespace caracal::jinja {

/// The Python value of a JSON document; ill-formed UTF-8 becomes U+FFFD. Throws Failure for an
/// integer that does not fit 64 bits and for nesting beyond the depth of values.
Value value_of(Budget& budget, const Json& json);

}  // namespace caracal::jinja
