#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>

#include "base/error.h"

namespace caracal::log {

spdlog::logger& logger() {
  static spdlog::logger ours = [] {
    spdlog::logger made("caracal", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    made.set_level(spdlog::level::warn);
    made.set_pattern("[%^%l%$] %v");
    return made;
  }();
  return ours;
}

void init(std::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off")
    throw_error(ErrorCode::bad_config, "--log-level",
                "expected off, error, warn, info, debug or trace, found '{}'", level);
  logger().set_level(parsed);
}

}  // namespace caracal::log
