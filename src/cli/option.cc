#include "cli/option.h"

namespace caracal::cli {

std::string_view Option::shown_name() const {
  const std::vector<FlagName> names = split_flags(flags);
  for (const FlagName& flag : names)
    if (flag.name.starts_with("--") && !flag.negates) return flag.name;
  return names.front().name;
}

}  // namespace caracal::cli
