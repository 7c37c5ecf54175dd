#pragma once
/// Cutting, joining and padding of text, shared by filters and str methods.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/template/value.h"

namespace caracal::jinja {

/// str.replace; count < 0 replaces all.
std::string replace_text(Budget& budget, std::string_view text, std::string_view from,
                         std::string_view to, int64_t count);
/// str.splitlines.
std::vector<std::string_view> split_lines(Budget& budget, std::string_view text, bool keep_ends);
/// str.split(None, limit) and str.rsplit(None, limit); limit < 0 cuts everywhere.
std::vector<std::string_view> split_space(Budget& budget, std::string_view text, int64_t limit);
std::vector<std::string_view> split_space_right(Budget& budget, std::string_view text,
                                                int64_t limit);
/// str.split(separator, limit) and str.rsplit; the separator must not be empty.
std::vector<std::string_view> split_at(Budget& budget, std::string_view text,
                                       std::string_view separator, int64_t limit);
std::vector<std::string_view> split_at_right(Budget& budget, std::string_view text,
                                             std::string_view separator, int64_t limit);

enum class Align : uint8_t { left, right, center };
/// str.ljust, rjust and center; fill is a code point, width counts code points.
std::string pad_text(Budget& budget, const StringObject& text, int64_t width, uint32_t fill,
                     Align align);

}  // namespace caracal::jinja
