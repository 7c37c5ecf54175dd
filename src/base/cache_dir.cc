#include "base/cache_dir.h"

#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace caracal {

std::filesystem::path cache_dir() {
  for (const auto& [variable, below] :
       {std::pair{"CARACAL_CACHE", ""}, {"XDG_CACHE_HOME", "caracal"}, {"HOME", ".cache/caracal"}})
    if (const std::string value = environment(variable); !value.empty())
      return std::filesystem::path(value) / below;
  throw_error(ErrorCode::bad_config, "CARACAL_CACHE",
              "expected a folder for models and measurements, found none of CARACAL_CACHE, "
              "XDG_CACHE_HOME, HOME");
}

}  // namespace caracal
