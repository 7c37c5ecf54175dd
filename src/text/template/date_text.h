#pragma once
#include <ctime>
#include <string>
#include <string_view>

namespace caracal::jinja {

/// strftime in the C locale, with glibc's flags (%-d, %_d, %0e, %^a). Throws Failure for a
/// directive that needs a time zone's name or does not exist.
std::string date_text(std::string_view format, const std::tm& time);

/// "2026-01-02T03:04:05", with a space for T, without seconds or as a date alone; a fraction and a
/// zone at the end are ignored. Throws Failure for anything else.
std::tm parse_date(std::string_view text);

std::tm local_now();

}  // namespace caracal::jinja
