#pragma once
#include <nlohmann/json_fwd.hpp>

namespace caracal {
/// Keys keep their order: it reaches prompts through the template filter `tojson`.
using Json = nlohmann::ordered_json;
}  // namespace caracal
