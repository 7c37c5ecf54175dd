#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>

#include "base/error.h"

namespace caracal::log {

void init(std::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off")
    throw_error(ErrorCode::bad_config, "--log-level",
                "expected off, error, warn, info, debug or trace, found '{}'", level);
  auto logger = spdlog::get("caracal");
  if (!logger) logger = spdlog::stderr_color_mt("caracal");
  logger->set_level(parsed);
  logger->set_pattern("[%^%l%$] %v");
  spdlog::set_default_logger(logger);
}

}  // namespace caracal::log
