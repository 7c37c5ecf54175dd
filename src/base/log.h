#pragma once
/// Thin front for the logging library: log::info("loaded {} in {} ms", name, ms).
/// Everything goes to standard error; standard output belongs to results.
#include <spdlog/spdlog.h>

#include <string_view>
#include <utility>

namespace caracal::log {

/// Ours, not the library's default one: a program that embeds caracal keeps its own. Shows warnings
/// until init() says otherwise.
spdlog::logger& logger();

template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  logger().debug(format, std::forward<Args>(args)...);
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  logger().info(format, std::forward<Args>(args)...);
}
template <class... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  logger().warn(format, std::forward<Args>(args)...);
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  logger().error(format, std::forward<Args>(args)...);
}

/// level: off error warn info debug trace. Throws Error(bad_config) for another word.
void init(std::string_view level);

}  // namespace caracal::log
