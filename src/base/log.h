#pragma once
/// Thin front for the logging library: log::info("loaded {} in {} ms", name, ms).
/// Everything goes to standard error; standard output belongs to results.
#include <spdlog/spdlog.h>

#include <string_view>

namespace caracal::log {

using spdlog::debug;
using spdlog::error;
using spdlog::info;
using spdlog::warn;

/// level: off error warn info debug trace. Throws Error(bad_config) for another word.
void init(std::string_view level);

}  // namespace caracal::log
