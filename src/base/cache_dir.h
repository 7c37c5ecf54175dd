#pragma once
#include <filesystem>

namespace caracal {

/// Where the program keeps what it can make or fetch again: $CARACAL_CACHE, else
/// $XDG_CACHE_HOME/caracal, else ~/.cache/caracal. It need not exist.
/// Throws Error(bad_config) when none of the variables is set.
std::filesystem::path cache_dir();

}  // namespace caracal
