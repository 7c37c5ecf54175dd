#include "base/json.h"

#include "base/error.h"
#include "base/file.h"

namespace caracal {

Json parse_json(std::string_view text, std::string_view what, int max_depth) {
  const auto guard = [&](int depth, Json::parse_event_t event, Json&) {
    const bool opens =
        event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    if (opens && depth >= max_depth)
      throw_error(ErrorCode::bad_request, what, "JSON nested deeper than {} levels", max_depth);
    return true;
  };
  try {
    return Json::parse(text, guard);
  } catch (const Json::parse_error& e) {
    throw_error(ErrorCode::bad_request, what, "not valid JSON at byte {}: {}", e.byte, e.what());
  }
}

Json read_json_file(const std::filesystem::path& path) {
  return parse_json(read_file(path), path.string());
}

std::string to_text(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace caracal
