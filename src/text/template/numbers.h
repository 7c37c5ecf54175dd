#pragma once
/// int() and float() of Python, and round().
#include <optional>
#include <string_view>

#include "text/template/value.h"

namespace caracal::jinja {

/// int(text, base); nothing for a ValueError.
std::optional<int64_t> parse_int(std::string_view text, int64_t base);
/// float(text); nothing for a ValueError.
std::optional<double> parse_real(std::string_view text);
/// int(real); throws what does not fit 64 bits.
int64_t truncate_real(double value);

}  // namespace caracal::jinja
