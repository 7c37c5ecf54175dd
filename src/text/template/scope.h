#pragma once
#include "text/template/ast.h"

namespace caracal::jinja {

/// Gives every variable its slot, by Jinja's static scoping rules (jinja2/idtracking.py): what a
/// block assigns is its own, a macro sees the variables of the source around it, and what is
/// assigned nowhere comes from the input. Also rejects filters and tests that do not exist, unless
/// a condition guards them. Throws Failure with the line.
void resolve_names(Template& tree);

}  // namespace caracal::jinja
