#include "base/json.h"

#include <vector>

#include "base/file.h"

namespace caracal {
namespace {

/// Counts what is open while the library parses, and stops it at a limit.
class LimitGuard {
 public:
  LimitGuard(const JsonLimits& limits, std::string_view what) : limits_(limits), what_(what) {}

  void see(int depth, Json::parse_event_t event) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= limits_.depth)
        throw_error(limits_.code, what_, "expected JSON at most {} levels deep, found deeper",
                    limits_.depth);
      members_.push_back(0);
    } else if (event == Event::object_end || event == Event::array_end) {
      members_.pop_back();
    } else if (event == Event::key && ++members_.back() > limits_.members) {
      throw_error(limits_.code, what_, "expected objects of at most {} members, found more",
                  limits_.members);
    }
  }

 private:
  const JsonLimits& limits_;
  std::string_view what_;
  std::vector<size_t> members_;  // of the objects and lists that are open
};

}  // namespace

Json parse_json(std::string_view text, std::string_view what, const JsonLimits& limits) {
  LimitGuard guard(limits, what);
  const auto see = [&](int depth, Json::parse_event_t event, Json&) {
    guard.see(depth, event);
    return true;
  };
  try {
    return Json::parse(text, see);
  } catch (const Json::parse_error& e) {
    throw_error(limits.code, what, "not valid JSON at byte {}: {}", e.byte,
                std::string_view(e.what()).substr(0, 200));
  } catch (const Json::exception& e) {  // a number out of range
    throw_error(limits.code, what, "not valid JSON: {}", std::string_view(e.what()).substr(0, 200));
  }
}

Json read_json_file(const std::filesystem::path& path) {
  return parse_json(read_file(path), path.string());
}

std::string to_text(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace caracal
