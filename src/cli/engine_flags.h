#pragma once
#include <initializer_list>
#include <string_view>

#include "cli/option.h"
#include "spec/engine_config.h"

namespace caracal::cli {

/// The engine's settings without those that a command sets itself or takes lists of. names: as in
/// the table of EngineConfig.
OptionGroup engine_flags_without(std::initializer_list<std::string_view> names,
                                 EngineConfig& engine);

}  // namespace caracal::cli
