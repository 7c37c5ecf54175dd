#pragma once
#include <string_view>

#include "text/template/ast.h"
#include "text/template/limits.h"

namespace caracal::jinja {

/// Parses a template (UTF-8). Throws Failure with the line: bad_file for a syntax error,
/// unsupported for parts of Jinja that need other templates (include, import, extends, block).
Template parse(std::string_view source, const TemplateLimits& limits);

}  // namespace caracal::jinja
