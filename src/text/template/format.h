#pragma once
/// Python's two ways to format: "%5.2f" % x and "{:>5}".format(x).
#include <string>
#include <string_view>
#include <vector>

#include "text/template/value.h"

namespace caracal::jinja {

class Interpreter;

/// format % args; args is a tuple, a dict or one value.
Value percent_format(Budget& budget, const Value& format, const Value& args);
/// format(value, spec): the mini-language of format specifications.
std::string format_value(Budget& budget, const Value& value, std::string_view spec);
/// format.format(*args, **keywords).
Value brace_format(Interpreter& in, const Value& format, const std::vector<Value>& args,
                   const std::vector<std::pair<std::string, Value>>& keywords);

/// A double with a C conversion ('e', 'f', 'g' or upper case) and a precision.
std::string real_digits(Budget& budget, double value, char conversion, int64_t precision,
                        bool alternate = false);
/// Digits of a magnitude in base 2, 8, 10 or 16.
std::string integer_digits(uint64_t magnitude, int base, bool upper_case);

}  // namespace caracal::jinja
